/** The times of one day as buttons: free ones can be chosen, the others say why not. */
import { useTranslation } from 'react-i18next';
import { formatMoney, formatTime, formatTimeRange } from '../formats';
import { useLanguage } from '../i18n';
import type { LiveSlotStatus } from '../live/board';
import classes from './SlotGrid.module.css';

export interface GridSlot {
  startTime: string;
  endTime: string;
  status: LiveSlotStatus;
  priceCents?: number | undefined;
  /** Too late to book, though nobody took it. */
  past?: boolean;
}

interface SlotGridProps {
  slots: GridSlot[];
  /** How the grid is called for those who cannot see it, e.g. the formatted date. */
  label: string;
  selected?: string | undefined;
  onSelect?: (slot: GridSlot) => void;
}

export function SlotGrid({ slots, label, selected, onSelect }: SlotGridProps) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  return (
    <ul className={classes.grid} aria-label={t('slot.grid', { date: label })}>
      {slots.map((slot) => {
        const free = slot.status === 'AVAILABLE' && slot.past !== true;
        const status = slot.past === true ? t('slot.past') : t(`slot.${slot.status}`);
        const range = formatTimeRange(slot.startTime, slot.endTime);
        const price =
          slot.priceCents === undefined ? undefined : formatMoney(slot.priceCents, language, true);
        return (
          <li key={slot.startTime}>
            <button
              type="button"
              className={classes.slot}
              data-status={slot.past === true ? 'PAST' : slot.status}
              data-start={formatTime(slot.startTime)}
              disabled={!free}
              aria-pressed={onSelect === undefined ? undefined : selected === slot.startTime}
              aria-label={
                price !== undefined && free
                  ? t('slot.label', { range, status, price })
                  : t('slot.labelWithoutPrice', { range, status })
              }
              onClick={() => onSelect?.(slot)}
            >
              <span className={classes.time}>{formatTime(slot.startTime)}</span>
              <span className={classes.note}>{free ? (price ?? status) : status}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
