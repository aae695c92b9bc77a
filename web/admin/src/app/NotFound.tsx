import { EmptyState } from '@courtside/ui';
import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconMapQuestion size={48} stroke={1.4} />}
      title={t('notFound.title')}
      hint={t('notFound.hint')}
      action={
        <Button renderRoot={(props) => <Link to="/calendar" {...props} />} mt="sm">
          {t('notFound.home')}
        </Button>
      }
    />
  );
}
