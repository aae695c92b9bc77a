/** ADMIN-26, month view: how full each day is, by kind; a day leads to its calendar. */
import type { Booking } from '@courtside/api';
import { formatDate, useLanguage } from '@courtside/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from '../../app/booking/KindIcon';
import kinds from '../../app/booking/kinds.module.css';
import { weekdayNames } from '../../app/weekdayNames';
import classes from './MonthGrid.module.css';
import { countsOf, monthDates } from './overview';

interface MonthGridProps {
  date: string;
  today: string;
  bookings: Booking[];
  loading: boolean;
  onDay: (date: string) => void;
}

export function MonthGrid({ date, today, bookings, loading, onDay }: MonthGridProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const dates = monthDates(date);
  const byDay = useMemo(() => {
    const days = new Map<string, Booking[]>();
    for (const booking of bookings) days.set(booking.date, [...(days.get(booking.date) ?? []), booking]);
    return days;
  }, [bookings]);
  return (
    <div className={classes.frame} aria-busy={loading}>
      <div className={classes.names} aria-hidden>
        {weekdayNames.map((day) => (
          <span key={day}>{t(`weekdayShort.${day}`)}</span>
        ))}
      </div>
      <ol className={classes.days} aria-label={t('calendar.month')}>
        {dates.map((day) => {
          const counts = countsOf(byDay.get(day) ?? []);
          const words = counts.map(({ kind, count }) => `${t(`kind.${kind}`)}: ${count}`).join(', ');
          return (
            <li key={day} data-outside={day.slice(0, 7) !== date.slice(0, 7) || undefined}>
              <button
                type="button"
                className={classes.day}
                data-today={day === today || undefined}
                aria-label={`${formatDate(day, language, 'full')}. ${words === '' ? t('calendar.noBookings') : words}`}
                aria-current={day === today ? 'date' : undefined}
                onClick={() => onDay(day)}
              >
                <span className={classes.number}>{Number(day.slice(8))}</span>
                <span className={classes.counts}>
                  {counts.map(({ kind, count }) => (
                    <span key={kind} className={`${classes.count} ${kinds.kind}`} data-kind={kind}>
                      <KindIcon kind={kind} />
                      {count}
                    </span>
                  ))}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
