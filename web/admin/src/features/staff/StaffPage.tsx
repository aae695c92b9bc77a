/** What staff sees while its desk is not open yet: who they are here and where else to go. */
import { EmptyState, useSession } from '@courtside/ui';
import { IconHeadset } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export function StaffPage() {
  const { t } = useTranslation();
  const { user } = useSession();
  return (
    <EmptyState
      icon={<IconHeadset size={52} stroke={1.3} />}
      title={t('staff.title')}
      hint={t('staff.hint', { email: user?.email, role: t(`role.${user?.role}`) })}
    />
  );
}
