/** What the colours and signs of the calendar mean. */
import { useTranslation } from 'react-i18next';
import { bookingKinds } from '../../app/booking/kinds';
import kinds from '../../app/booking/kinds.module.css';
import { KindIcon } from '../../app/booking/KindIcon';
import classes from './Legend.module.css';

export function Legend() {
  const { t } = useTranslation();
  return (
    <ul className={classes.legend} aria-label={t('calendar.legend')}>
      {bookingKinds.map((kind) => (
        <li key={kind}>
          <span className={`${classes.sample} ${kinds.kind}`} data-kind={kind}>
            <KindIcon kind={kind} size={12} />
          </span>
          {t(`kind.${kind}`)}
        </li>
      ))}
    </ul>
  );
}
