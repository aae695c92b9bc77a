/** The terms of use. They come with the app, so they can be read without a network and carry their date (APP-02). */
import { Stack, Text } from '@mantine/core';
import { Trans, useTranslation } from 'react-i18next';

export function TermsText() {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('terms.version')}
      </Text>
      {(['use', 'pay', 'cancel', 'data'] as const).map((part) => (
        <Text key={part}>
          <Trans i18nKey={`terms.${part}`} components={{ b: <b /> }} />
        </Text>
      ))}
    </Stack>
  );
}
