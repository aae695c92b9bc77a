/** Days in a row to choose from; arrow keys move, as in any radio group. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../formats';
import { useLanguage } from '../i18n';
import classes from './DayStrip.module.css';

interface DayStripProps {
  dates: string[];
  value: string;
  onChange: (date: string) => void;
  /** Today at the court, to say "today" and "tomorrow". */
  today: string;
  /** Days with nothing to choose look quieter but can still be opened. */
  quiet?: ReadonlySet<string>;
}

export function DayStrip({ dates, value, onChange, today, quiet }: DayStripProps) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const name = useId();
  const chosen = useRef<HTMLLabelElement>(null);
  const calm = useMediaQuery('(prefers-reduced-motion: reduce)');
  useEffect(() => {
    const element = chosen.current;
    const strip = element?.parentElement;
    if (element == null || strip == null) return;
    strip.scrollTo?.({
      left: element.offsetLeft - strip.clientWidth / 2 + element.clientWidth / 2,
      behavior: calm === true ? 'auto' : 'smooth',
    });
  }, [value, calm]);

  return (
    <div className={classes.strip} role="radiogroup" aria-label={t('days.label')}>
      {dates.map((date) => (
        <label
          key={date}
          ref={date === value ? chosen : undefined}
          className={classes.day}
          data-chosen={date === value || undefined}
          data-quiet={quiet?.has(date) || undefined}
        >
          <input
            className={classes.input}
            type="radio"
            name={name}
            value={date}
            checked={date === value}
            onChange={() => onChange(date)}
            aria-label={formatDate(date, language, 'full')}
          />
          <span className={classes.weekday}>
            {date === today ? t('days.today') : formatDate(date, language, 'weekday')}
          </span>
          <span className={classes.number}>{Number(date.slice(8, 10))}</span>
          <span className={classes.month}>
            {formatDate(date, language, 'dayMonth').replace(/[\d.\s]/g, '')}
          </span>
        </label>
      ))}
    </div>
  );
}
