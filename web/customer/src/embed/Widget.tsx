/** Free times of one court, or of a club's courts, day by day. A time opens the booking outside of the frame. */
import { answer, type ApiClient, type PublicCourtCard, type RestSlot } from '@courtside/api';
import {
  addDays,
  datesFrom,
  formatDate,
  formatMoney,
  formatTime,
  instantOf,
  todayIn,
} from '@courtside/ui/formats';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { leastAheadMs } from '../data/leastAhead';
import type { Wish } from './wish';

/** Days that stand side by side. */
const daysShown = 7;
/** How far ahead one can look. */
const daysAhead = 28;
/** A site may stay open for long; its times are read again meanwhile. */
const lookEveryMs = 60_000;

type Shown = Pick<PublicCourtCard, 'id' | 'name' | 'timezone' | 'courtType'>;

/** What a read has come to so far. */
type Reading<Value> = { value?: Value; failed?: boolean };

function useRead<Value>(read: (() => Promise<Value>) | undefined): Reading<Value> & { again: () => void } {
  const [tries, setTries] = useState(0);
  const [reading, setReading] = useState<Reading<Value> & { of?: typeof read }>({});
  useEffect(() => {
    if (read === undefined) return undefined;
    let wanted = true;
    read().then(
      (value) => wanted && setReading({ value, of: read }),
      // What was read before says more than a complaint.
      () =>
        wanted &&
        setReading((before) => (before.of === read && before.value ? before : { failed: true, of: read })),
    );
    return () => {
      wanted = false;
    };
  }, [read, tries]);
  const again = useCallback(() => setTries((before) => before + 1), []);
  return { ...(reading.of === read ? reading : {}), again };
}

export function Widget({ api, wish }: { api: ApiClient; wish: Wish }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string>();
  const readCourts = useCallback(async (): Promise<{ title: string | undefined; courts: Shown[] }> => {
    if (wish.court !== undefined) {
      const path = { courtId: wish.court };
      const court = await answer(api.GET('/api/public/courts/{courtId}', { params: { path } }));
      return { title: court.clubName ?? undefined, courts: [court] };
    }
    const path = { clubId: wish.club ?? '' };
    const club = await answer(api.GET('/api/public/clubs/{clubId}', { params: { path } }));
    return { title: club.name ?? undefined, courts: club.courts };
  }, [api, wish]);
  const isAsked = wish.court !== undefined || wish.club !== undefined;
  const courts = useRead(isAsked ? readCourts : undefined);
  const nameOf = ({ name }: Shown) => name[wish.language] ?? name.el ?? name.en ?? '';

  if (!isAsked) return <p className="notice">{t('nothingAsked')}</p>;
  if (courts.failed === true) return <Failure text={t('failed')} onRetry={courts.again} />;
  if (courts.value === undefined) return <Skeletons label={t('loading')} />;
  const shown = courts.value.courts.find((court) => court.id === chosen) ?? courts.value.courts[0];
  if (shown === undefined) return <p className="notice">{t('noCourts')}</p>;
  const single = courts.value.courts.length === 1;
  return (
    <main className="widget">
      <header>
        <h1>{courts.value.title ?? (single ? nameOf(shown) : t('title'))}</h1>
        {single ? (
          courts.value.title !== undefined && <p className="court">{nameOf(shown)}</p>
        ) : (
          <label className="choice">
            <span>{t('court')}</span>
            <select value={shown.id} onChange={(event) => setChosen(event.currentTarget.value)}>
              {courts.value.courts.map((court) => (
                <option key={court.id} value={court.id}>
                  {nameOf(court)}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <Times key={shown.id} api={api} court={shown} wish={wish} />
      <footer>
        <a href={`/courts/${shown.id}`} target="_blank" rel="noopener">
          {t('more')}
        </a>
        <span>
          {t('by')} <b>Courtside</b>
        </span>
      </footer>
    </main>
  );
}

function Times({ api, court, wish }: { api: ApiClient; court: Shown; wish: Wish }) {
  const { t } = useTranslation();
  const { language } = wish;
  const [now, setNow] = useState(() => new Date());
  const today = todayIn(court.timezone, now);
  const [date, setDate] = useState(today);
  const [first, setFirst] = useState(today);
  const readDay = useCallback((): Promise<{ slots: RestSlot[] }> => {
    const params = { path: { courtId: court.id }, query: { date } };
    return answer(api.GET('/api/public/courts/{courtId}/availability', { params }));
  }, [api, court.id, date]);
  const day = useRead(readDay);
  const { again } = day;
  useEffect(() => {
    const timer = setInterval(() => {
      // Nobody looks at a page in the background, and there may be many of them.
      if (document.visibilityState !== 'visible') return;
      setNow(new Date());
      again();
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, [again]);
  const free = day.value?.slots.filter(
    ({ startTime }) =>
      instantOf(date, formatTime(startTime), court.timezone).getTime() >= now.getTime() + leastAheadMs,
  );
  const move = (days: number) => {
    const next = addDays(first, days);
    setFirst(next);
    setDate(next);
  };
  const long = formatDate(date, language, 'full');
  return (
    <>
      <div className="days">
        <button
          type="button"
          className="step"
          aria-label={t('earlier')}
          disabled={first <= today}
          onClick={() => move(-daysShown)}
        >
          <Arrow path="M15 5l-7 7 7 7" />
        </button>
        <div className="strip" role="radiogroup" aria-label={t('day')}>
          {datesFrom(first, daysShown).map((each) => (
            <label key={each} className="day" data-chosen={each === date || undefined}>
              <input
                type="radio"
                name="day"
                value={each}
                checked={each === date}
                onChange={() => setDate(each)}
                aria-label={formatDate(each, language, 'full')}
              />
              <span>{formatDate(each, language, 'weekday')}</span>
              <b>{Number(each.slice(8, 10))}</b>
            </label>
          ))}
        </div>
        <button
          type="button"
          className="step"
          aria-label={t('later')}
          disabled={addDays(first, daysShown) >= addDays(today, daysAhead)}
          onClick={() => move(daysShown)}
        >
          <Arrow path="M9 5l7 7-7 7" />
        </button>
      </div>
      <h2 className="date">{long}</h2>
      {day.failed === true ? (
        <Failure text={t('failed')} onRetry={day.again} />
      ) : free === undefined ? (
        <Skeletons label={t('loading')} />
      ) : free.length === 0 ? (
        <p className="notice" role="status">
          {t('none', { date: long })}
        </p>
      ) : (
        <ul className="slots" aria-label={t('times', { date: long })}>
          {free.map((slot) => {
            const [start, end] = [formatTime(slot.startTime), formatTime(slot.endTime)];
            const price = formatMoney(slot.priceCents, language, true);
            return (
              <li key={start}>
                <a
                  href={`/courts/${court.id}?date=${date}&time=${encodeURIComponent(start)}`}
                  target="_blank"
                  rel="noopener"
                  aria-label={t('book', { range: `${start}–${end}`, price })}
                >
                  <b>{start}</b>
                  <span>{price}</span>
                </a>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

function Arrow({ path }: { path: string }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden
    >
      <path d={path} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

function Failure({ text, onRetry }: { text: string; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="notice" role="alert">
      <p>{text}</p>
      <button type="button" className="retry" onClick={onRetry}>
        {t('retry')}
      </button>
    </div>
  );
}

function Skeletons({ label }: { label: string }) {
  return (
    <div className="slots" role="status" aria-label={label}>
      {Array.from({ length: 8 }, (_unused, cell) => (
        <span key={cell} className="skeleton" />
      ))}
    </div>
  );
}
