/**
 * A column per court of one day, or per day of one court: bookings, free times to add one, closed times, and the line of
 * now. A column reads and hears its court only once it has come into sight.
 */
import type { Booking, Court } from '@courtside/api';
import {
  formatDate,
  formatTimeRange,
  instantOf,
  localParts,
  minutesOf,
  SportIcon,
  sportColors,
  useApi,
  useLanguage,
} from '@courtside/ui';
import { IconPlus } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { memo, useEffect, useMemo, useRef, useState, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from '../../app/booking/KindIcon';
import { kindOf } from '../../app/booking/kinds';
import kinds from '../../app/booking/kinds.module.css';
import { useBookerName } from '../../app/booking/useBookerName';
import { dayQuery, useCourtDay } from '../../data/courts';
import classes from './DayGrid.module.css';
import { hoursToShow, nameParts, place, spanOf, type Placed, type Span } from './layout';
import type { FreeSlot } from './ManualBookingDialog';
import { canMove } from './moving';
import { byCourtAndDay } from './overview';

const noBookings: Booking[] = [];

export interface GridColumn {
  court: Court;
  date: string;
}

interface DayGridProps {
  columns: GridColumn[];
  /** What tells the columns apart: courts of a day, or days of a court. */
  by: 'court' | 'day';
  nameOf: (court: Court) => string;
  bookings: Booking[];
  loading: boolean;
  now: Date;
  onOpen: (bookingId: string) => void;
  onAdd: (slot: FreeSlot) => void;
  /** A booking was pulled onto a free time. */
  onDrop: (booking: Booking, slot: FreeSlot) => void;
}

const keyOf = ({ court, date }: GridColumn) => `${court.id} ${date}`;
/** What is being pulled: browsers do not tell a target what it is before it falls. */
let pulled: Booking | undefined;

/** Top and height within the column, in the unit of `--minute`. */
function stretch(span: Span, hours: Span): CSSProperties {
  return {
    top: `calc(${span.start - hours.start} * var(--minute))`,
    height: `calc(${span.end - span.start} * var(--minute))`,
  };
}

/** The hours that hold every slot and booking of the columns seen so far. */
function useHours(columns: GridColumn[], bookings: Booking[]): Span {
  const api = useApi();
  const days = useQueries({ queries: columns.map(({ court, date }) => dayQuery(api, court.id, date)) });
  const slots = days.flatMap((day) => day.data?.slots ?? []);
  const { start, end } = hoursToShow([...slots, ...bookings].map(spanOf));
  return useMemo(() => ({ start, end }), [start, end]);
}

export function DayGrid(props: DayGridProps) {
  const { columns, by, now, loading } = props;
  const { t } = useTranslation();
  const sorted = useMemo(() => byCourtAndDay(props.bookings), [props.bookings]);
  const bookingsOf = (column: GridColumn) => sorted.get(keyOf(column)) ?? noBookings;
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set(columns.slice(0, 8).map(keyOf)));
  const shown = columns.filter((column) => seen.has(keyOf(column)));
  const hours = useHours(shown, columns.flatMap(bookingsOf));
  const local = localParts(now, columns[0]?.court.timezone ?? 'Europe/Athens');
  const nowMinute = columns.some(({ date }) => date === local.date) ? minutesOf(local.time) : undefined;
  const firstDate = columns[0]?.date;
  const showsNow = nowMinute !== undefined && nowMinute >= hours.start && nowMinute <= hours.end;
  const frame = useRef<HTMLDivElement>(null);
  const nowLine = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const scroller = frame.current;
    if (scroller === null) return;
    const line = nowLine.current;
    scroller.scrollTop = line === null ? 0 : Math.max(0, line.offsetTop - scroller.clientHeight / 3);
    // Only a new day moves the view; the minutes that pass do not.
  }, [firstDate, hours, showsNow]);

  const columnKeys = columns.map(keyOf).join('\n');
  useEffect(() => {
    const watcher = new IntersectionObserver(
      (entries) => {
        const found = entries
          .filter(({ isIntersecting }) => isIntersecting)
          .map(({ target }) => (target as HTMLElement).dataset.column ?? '');
        if (found.length > 0) setSeen((before) => new Set([...before, ...found]));
      },
      { root: frame.current, rootMargin: '0px 400px' },
    );
    for (const element of frame.current?.querySelectorAll('[data-column]') ?? []) watcher.observe(element);
    return () => watcher.disconnect();
  }, [columnKeys]);

  const hourMarks = Array.from(
    { length: (hours.end - hours.start) / 60 + 1 },
    (_unused, index) => hours.start + index * 60,
  );

  return (
    <div
      ref={frame}
      className={classes.frame}
      style={{ '--courts': columns.length, '--minutes': hours.end - hours.start } as CSSProperties}
      aria-busy={loading}
      // Keyboards scroll it, too.
      tabIndex={0}
      role="region"
      aria-label={t(by === 'court' ? 'calendar.day' : 'calendar.week')}
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
        {columns.map((column) => (
          <CourtColumn
            key={keyOf(column)}
            hours={hours}
            {...props}
            column={column}
            seen={seen.has(keyOf(column))}
            bookings={bookingsOf(column)}
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

type CourtColumnProps = Omit<DayGridProps, 'columns' | 'loading'> & {
  column: GridColumn;
  hours: Span;
  seen: boolean;
};

const CourtColumn = memo(function CourtColumn({
  column: { court, date },
  by,
  hours,
  seen,
  nameOf,
  bookings,
  now,
  onOpen,
  onAdd,
  onDrop,
}: CourtColumnProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { slots } = useCourtDay(seen ? court.id : undefined, date);
  const name = nameOf(court);
  const { place: club, court: shortName } = nameParts(name);
  const placed = useMemo(() => place(bookings, spanOf), [bookings]);
  const isTaken = (span: Span) =>
    placed.some(({ span: taken, entry }) => {
      const active = entry.status !== 'CANCELLED' && entry.status !== 'REJECTED';
      return active && taken.start < span.end && span.start < taken.end;
    });

  return (
    <section
      className={classes.column}
      aria-label={by === 'court' ? name : formatDate(date, language, 'full')}
      data-column={`${court.id} ${date}`}
    >
      <header className={classes.head}>
        {by === 'court' ? (
          <>
            <span className={classes.sport} style={{ color: sportColors[court.courtType] }}>
              <SportIcon sport={court.courtType} size={17} />
            </span>
            <span className={classes.names}>
              <h2 title={name}>{shortName}</h2>
              {club !== undefined && <small title={club}>{club}</small>}
            </span>
          </>
        ) : (
          <span className={classes.names}>
            <h2>{formatDate(date, language, 'medium')}</h2>
          </span>
        )}
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
                onDragOver={(event) => pulled !== undefined && event.preventDefault()}
                onDrop={(event) => {
                  event.preventDefault();
                  if (pulled === undefined) return;
                  onDrop(pulled, { courtId: court.id, date, startTime: slot.startTime });
                  pulled = undefined;
                }}
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
          <BookingBlock
            key={entry.entry.id}
            placed={entry}
            hours={hours}
            courtName={name}
            movable={canMove(entry.entry, instantOf(date, entry.entry.startTime, court.timezone) <= now)}
            onOpen={onOpen}
          />
        ))}
      </div>
    </section>
  );
});

interface BookingBlockProps {
  placed: Placed<Booking>;
  hours: Span;
  courtName: string;
  movable: boolean;
  onOpen: (bookingId: string) => void;
}

function BookingBlock({
  placed: { entry, span, lane, lanes },
  hours,
  courtName,
  movable,
  onOpen,
}: BookingBlockProps) {
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
      draggable={movable}
      onDragStart={(event) => {
        pulled = entry;
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', range);
      }}
      onDragEnd={() => (pulled = undefined)}
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
