/** HOL-41, HOL-50, HOL-51: the holidays that one court follows, and the end of one of them. */
import type { Court } from '@courtside/api';
import { formatDate, ProblemView, useLanguage } from '@courtside/ui';
import { Button, Group, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCourtHolidays } from '../../data/holidays';
import classes from './HolidaysPage.module.css';
import { RemoveDialog } from './RemoveDialog';

interface SubscriptionsProps {
  court: Court;
  year: number;
  names: ReadonlyMap<string, string>;
}

export function Subscriptions({ court, year, names }: SubscriptionsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const holidays = useCourtHolidays(court.id, year);
  const [ending, setEnding] = useState<{ id: string; nameEl: string }>();
  return (
    <section>
      <Title order={3} fz="md" mt="md" mb={4}>
        {t('holidays.follows', { year })}
      </Title>
      {holidays.isError && (
        <ProblemView compact error={holidays.error} onRetry={() => void holidays.refetch()} />
      )}
      {holidays.data?.length === 0 && <Text c="dimmed">{t('holidays.followsNone')}</Text>}
      <ul className={classes.holidays}>
        {holidays.data?.map((holiday) => {
          const name = names.get(holiday.holidayId) ?? holiday.holidayName;
          return (
            <li key={holiday.holidayId}>
              <div>
                <Text fw={650}>{name}</Text>
                <Text size="sm" c="dimmed">
                  {[
                    holiday.dates.map((date) => formatDate(date, language, 'short')).join(', '),
                    t(holiday.autoRenew ? 'holidays.renews' : 'holidays.renewsNot'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
              </div>
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('holidays.endTitle', { name })}
                  onClick={() => setEnding({ id: holiday.holidayId, nameEl: name })}
                >
                  {t('holidays.end')}
                </Button>
              </Group>
            </li>
          );
        })}
      </ul>
      {ending !== undefined && (
        <RemoveDialog holiday={ending} courtId={court.id} onClose={() => setEnding(undefined)} />
      )}
    </section>
  );
}
