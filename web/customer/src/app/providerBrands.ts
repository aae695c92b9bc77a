/** How the identity providers call themselves and look. */
import { IconBrandAppleFilled, IconBrandFacebookFilled, IconBrandGoogleFilled } from '@tabler/icons-react';

export const providerBrands = {
  GOOGLE: { name: 'Google', Icon: IconBrandGoogleFilled },
  APPLE: { name: 'Apple', Icon: IconBrandAppleFilled },
  FACEBOOK: { name: 'Facebook', Icon: IconBrandFacebookFilled },
} as const;
