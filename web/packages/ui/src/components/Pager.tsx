/** Turns the pages of a list; nothing when there is one page. Pages count from 0, as on the wire. */
import { Button, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface PagerProps {
  page: number;
  size: number;
  total: number;
  onChange: (page: number) => void;
}

export function Pager({ page, size, total, onChange }: PagerProps) {
  const { t } = useTranslation('ui');
  const pages = Math.ceil(total / size);
  if (pages <= 1) return null;
  return (
    <Group component="nav" aria-label={t('pages.label')} justify="space-between" mt="md" gap="xs">
      <Button
        variant="default"
        size="sm"
        leftSection={<IconChevronLeft size={16} aria-hidden />}
        disabled={page <= 0}
        onClick={() => onChange(page - 1)}
      >
        {t('pages.previous')}
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {t('pages.place', { page: page + 1, pages })}
      </Text>
      <Button
        variant="default"
        size="sm"
        rightSection={<IconChevronRight size={16} aria-hidden />}
        disabled={page + 1 >= pages}
        onClick={() => onChange(page + 1)}
      >
        {t('pages.next')}
      </Button>
    </Group>
  );
}
