/** The time left until the system answers for the owner (ADMIN-27). */
import { formatInstant, useLanguage } from '@courtside/ui';
import { IconAlarm } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../useNow';
import classes from './Countdown.module.css';
import { timeLeft, type TimeLeft } from './countdown';

function useWords(left: TimeLeft): string {
  const { t } = useTranslation();
  if (left.urgency === 'over') return t('countdown.over');
  if (left.days > 0) return t('countdown.days', { days: left.days, hours: left.hours });
  if (left.hours > 0) return t('countdown.hours', { hours: left.hours, minutes: left.minutes });
  const pad = (value: number) => String(value).padStart(2, '0');
  return t('countdown.minutes', { minutes: pad(left.minutes), seconds: pad(left.seconds) });
}

export function Countdown({ deadline, zone }: { deadline: string; zone: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const left = timeLeft(deadline, useNow(1_000));
  const words = useWords(left);
  return (
    <span
      className={classes.countdown}
      data-urgency={left.urgency}
      role="timer"
      aria-label={words}
      title={t('countdown.until', { when: formatInstant(deadline, zone, language) })}
    >
      <IconAlarm size={17} aria-hidden />
      {words}
    </span>
  );
}
