/** An amount of euro cents in the reader's way of writing it (APP-59). */
import { formatMoney } from '../formats';
import { useLanguage } from '../i18n';

interface MoneyProps {
  cents: number;
  /** Leaves the cents of whole euros out. */
  short?: boolean;
}

export function Money({ cents, short = false }: MoneyProps) {
  const language = useLanguage();
  return <span style={{ whiteSpace: 'nowrap' }}>{formatMoney(cents, language, short)}</span>;
}
