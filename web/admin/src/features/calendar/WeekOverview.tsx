/**
 * ADMIN-26, week view over many courts: a row per court, a column per day. Only the rows in sight are drawn, so fifty courts
 * scroll as lightly as five.
 */
import type { Booking, Court } from '@courtside/api';
import { datesFrom, formatDate, formatTime, SportIcon, sportColors, useLanguage } from '@courtside/ui';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from '../../app/booking/KindIcon';
import { kindOf } from '../../app/booking/kinds';
import kinds from '../../app/booking/kinds.module.css';
import { useBookerName } from '../../app/booking/useBookerName';
import { byCourtAndDay, rowsInSight } from './overview';
import classes from './WeekOverview.module.css';

const rowHeight = 148;
const shownPerDay = 4;

interface WeekOverviewProps {
  courts: Court[];
  nameOf: (court: Court) => string;
  /** The Monday. */
  from: string;
  today: string;
  bookings: Booking[];
  loading: boolean;
  onOpen: (bookingId: string) => void;
  /** Shows a day in full. */
  onDay: (date: string) => void;
  onCourt: (courtId: string) => void;
}

export function WeekOverview(props: WeekOverviewProps) {
  const { courts, nameOf, from, today, bookings, loading, onOpen, onDay, onCourt } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const dates = datesFrom(from, 7);
  const sorted = useMemo(() => byCourtAndDay(bookings), [bookings]);
  const frame = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 900 });
  const { first, last } = rowsInSight(sight.top, sight.height, rowHeight, courts.length);
  return (
    <div
      ref={frame}
      className={classes.frame}
      role="region"
      aria-label={t('calendar.week')}
      aria-busy={loading}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        // Drawn again only when another row comes into sight.
        if (Math.abs(scrollTop - sight.top) >= rowHeight || scrollTop === 0) {
          setSight({ top: scrollTop, height: clientHeight });
        }
      }}
    >
      <table className={classes.table} aria-rowcount={courts.length + 1}>
        <thead>
          <tr>
            <th scope="col">{t('calendar.court')}</th>
            {dates.map((date) => (
              <th key={date} scope="col" data-today={date === today || undefined}>
                <button type="button" onClick={() => onDay(date)}>
                  {formatDate(date, language, 'weekday')} <b>{formatDate(date, language, 'dayMonth')}</b>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden style={{ height: first * rowHeight }} />}
          {courts.slice(first, last).map((court, index) => (
            <tr key={court.id} aria-rowindex={first + index + 2} style={{ height: rowHeight }}>
              <th scope="row">
                <button type="button" onClick={() => onCourt(court.id)} title={nameOf(court)}>
                  <span style={{ color: sportColors[court.courtType] }} className={classes.sport}>
                    <SportIcon sport={court.courtType} size={18} />
                  </span>
                  <span>{nameOf(court)}</span>
                </button>
              </th>
              {dates.map((date) => {
                const found = sorted.get(`${court.id} ${date}`) ?? [];
                const more = found.length - shownPerDay;
                const shown = more > 0 ? found.slice(0, shownPerDay - 1) : found;
                return (
                  <td key={date} data-today={date === today || undefined}>
                    {shown.map((booking) => (
                      <Chip key={booking.id} booking={booking} onOpen={onOpen} />
                    ))}
                    {more > 0 && (
                      <button
                        type="button"
                        className={classes.more}
                        aria-label={t('calendar.moreOn', {
                          count: found.length - shown.length,
                          date: formatDate(date, language, 'medium'),
                          court: nameOf(court),
                        })}
                        onClick={() => onDay(date)}
                      >
                        {t('calendar.more', { count: found.length - shown.length })}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          {last < courts.length && <tr aria-hidden style={{ height: (courts.length - last) * rowHeight }} />}
        </tbody>
      </table>
    </div>
  );
}

function Chip({ booking, onOpen }: { booking: Booking; onOpen: (bookingId: string) => void }) {
  const { t } = useTranslation();
  const name = useBookerName()(booking);
  const kind = kindOf(booking);
  return (
    <button
      type="button"
      className={`${classes.chip} ${kinds.kind}`}
      data-kind={kind}
      aria-label={[formatTime(booking.startTime), name, t(`kind.${kind}`), booking.courtName].join(', ')}
      onClick={() => onOpen(booking.id)}
    >
      <KindIcon kind={kind} />
      <b>{formatTime(booking.startTime)}</b> <span>{name}</span>
    </button>
  );
}
