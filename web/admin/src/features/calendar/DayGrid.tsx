/** One day with a column per court: bookings, free times to add one, closed times, and the line of now. */
import type { Booking, Court } from '@courtside/api';
import {
  formatTimeRange,
  instantOf,
  localParts,
  minutesOf,
  SportIcon,
  sportColors,
  useApi,
} from '@courtside/ui';
import { IconPlus } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from '../../app/booking/KindIcon';
import { kindOf } from '../../app/booking/kinds';
import kinds from '../../app/booking/kinds.module.css';
import { useBookerName } from '../../app/booking/useBookerName';
import { dayQuery, useCourtDay } from '../../data/courts';
import classes from './DayGrid.module.css';
import { hoursToShow, nameParts, place, spanOf, type Placed, type Span } from './layout';
import type { FreeSlot } from './ManualBookingDialog';

interface DayGridProps {
  courts: Court[];
  nameOf: (court: Court) => string;
  date: string;
  bookings: Booking[];
  loading: boolean;
  now: Date;
  onOpen: (bookingId: string) => void;
  onAdd: (slot: FreeSlot) => void;
}

/** Top and height within the column, in the unit of `--minute`. */
function stretch(span: Span, hours: Span): CSSProperties {
  return {
    top: `calc(${span.start - hours.start} * var(--minute))`,
    height: `calc(${span.end - span.start} * var(--minute))`,
  };
}

/** The hours that hold every slot and booking of the shown courts. */
function useHours(courts: Court[], date: string, bookings: Booking[]): Span {
  const api = useApi();
  const days = useQueries({ queries: courts.map((court) => dayQuery(api, court.id, date)) });
  const slots = days.flatMap((day) => day.data?.slots ?? []);
  const { start, end } = hoursToShow([...slots, ...bookings].map(spanOf));
  return useMemo(() => ({ start, end }), [start, end]);
}

export function DayGrid(props: DayGridProps) {
  const { courts, date, now, loading } = props;
  const { t } = useTranslation();
  const shownBookings = props.bookings.filter((booking) =>
    courts.some((court) => court.id === booking.courtId),
  );
  const hours = useHours(courts, date, shownBookings);
  const local = localParts(now, courts[0]?.timezone ?? 'Europe/Athens');
  const nowMinute = local.date === date ? minutesOf(local.time) : undefined;
  const showsNow = nowMinute !== undefined && nowMinute >= hours.start && nowMinute <= hours.end;
  const frame = useRef<HTMLDivElement>(null);
  const nowLine = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const scroller = frame.current;
    if (scroller === null) return;
    const line = nowLine.current;
    scroller.scrollTop = line === null ? 0 : Math.max(0, line.offsetTop - scroller.clientHeight / 3);
    // Only a new day moves the view; the minutes that pass do not.
  }, [date, hours, showsNow]);

  const hourMarks = Array.from(
    { length: (hours.end - hours.start) / 60 + 1 },
    (_unused, index) => hours.start + index * 60,
  );

  return (
    <div
      ref={frame}
      className={classes.frame}
      style={{ '--courts': courts.length, '--minutes': hours.end - hours.start } as CSSProperties}
      aria-busy={loading}
      // Keyboards scroll it, too.
      tabIndex={0}
      role="region"
      aria-label={t('calendar.day')}
    >
      <div className={classes.grid}>
        <div className={classes.corner} aria-hidden />
        <div className={classes.times} aria-hidden>
          {hourMarks.map((minute) => (
            <span
              key={minute}
              // The time of now takes the place of an hour that is close.
              hidden={showsNow && Math.abs(minute - nowMinute) < 14}
              style={{ top: `calc(${minute - hours.start} * var(--minute))` }}
            >
              {String((minute / 60) % 24).padStart(2, '0')}:00
            </span>
          ))}
          {showsNow && (
            <b style={{ top: `calc(${nowMinute - hours.start} * var(--minute))` }}>{local.time}</b>
          )}
        </div>
        {courts.map((court) => (
          <CourtColumn
            key={court.id}
            court={court}
            hours={hours}
            {...props}
            bookings={shownBookings.filter((booking) => booking.courtId === court.id)}
          />
        ))}
        {showsNow && (
          <div
            ref={nowLine}
            className={classes.now}
            style={{ top: `calc(var(--head) + ${nowMinute - hours.start} * var(--minute))` }}
            aria-hidden
          />
        )}
      </div>
    </div>
  );
}

function CourtColumn({
  court,
  hours,
  nameOf,
  date,
  bookings,
  now,
  onOpen,
  onAdd,
}: DayGridProps & { court: Court; hours: Span }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { slots } = useCourtDay(court.id, date);
  const name = nameOf(court);
  const { place: club, court: shortName } = nameParts(name);
  const placed = useMemo(() => place(bookings, spanOf), [bookings]);
  const isTaken = (span: Span) =>
    placed.some(({ span: taken, entry }) => {
      const active = entry.status !== 'CANCELLED' && entry.status !== 'REJECTED';
      return active && taken.start < span.end && span.start < taken.end;
    });

  return (
    <section className={classes.column} aria-label={name}>
      <header className={classes.head}>
        <span className={classes.sport} style={{ color: sportColors[court.courtType] }}>
          <SportIcon sport={court.courtType} size={17} />
        </span>
        <span className={classes.names}>
          <h2 title={name}>{shortName}</h2>
          {club !== undefined && <small title={club}>{club}</small>}
        </span>
        {!court.visible && <small className={classes.hidden}>{t('courts.hidden')}</small>}
      </header>
      <div className={classes.body}>
        {slots.map((slot) => {
          const span = spanOf(slot);
          if (isTaken(span)) return null;
          const range = formatTimeRange(slot.startTime, slot.endTime);
          const isOver = instantOf(date, slot.endTime, court.timezone) <= now && span.end < 24 * 60;
          if (slot.status === 'AVAILABLE' && !isOver) {
            return (
              <button
                key={slot.startTime}
                type="button"
                className={classes.free}
                style={stretch(span, hours)}
                aria-label={t('calendar.add', { range, court: name })}
                onClick={() => onAdd({ courtId: court.id, date, startTime: slot.startTime })}
              >
                <IconPlus size={16} aria-hidden />
                <span aria-hidden>{range}</span>
              </button>
            );
          }
          return (
            <div
              key={slot.startTime}
              className={classes.slot}
              data-status={slot.status}
              style={stretch(span, hours)}
            >
              {slot.status === 'HELD' || slot.status === 'BLOCKED' ? shared(`slot.${slot.status}`) : null}
            </div>
          );
        })}
        {placed.map((entry) => (
          <BookingBlock key={entry.entry.id} placed={entry} hours={hours} courtName={name} onOpen={onOpen} />
        ))}
      </div>
    </section>
  );
}

interface BookingBlockProps {
  placed: Placed<Booking>;
  hours: Span;
  courtName: string;
  onOpen: (bookingId: string) => void;
}

function BookingBlock({ placed: { entry, span, lane, lanes }, hours, courtName, onOpen }: BookingBlockProps) {
  const { t } = useTranslation();
  const name = useBookerName()(entry);
  const kind = kindOf(entry);
  const range = formatTimeRange(entry.startTime, entry.endTime);
  return (
    <button
      type="button"
      className={`${classes.booking} ${kinds.kind}`}
      data-kind={kind}
      style={{
        ...stretch(span, hours),
        left: `calc(${(lane / lanes) * 100}% + 3px)`,
        width: `calc(${100 / lanes}% - 6px)`,
      }}
      aria-label={[range, name, t(`kind.${kind}`), courtName].join(', ')}
      onClick={() => onOpen(entry.id)}
    >
      <span className={classes.line}>
        <KindIcon kind={kind} />
        <strong>{name}</strong>
      </span>
      <span className={classes.range}>{range}</span>
    </button>
  );
}
