/** Cards to pay with: those saved at Stripe, and checking a typed one before anything is sent. Pure checks. */
import { answer, type TypedCard } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useQuery } from '@tanstack/react-query';

export function useSavedCards() {
  const api = useApi();
  return useQuery({
    queryKey: ['payment-methods'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/payments/methods', { signal }))).methods,
    // Without saved cards one can still pay with a new one.
    retry: false,
  });
}

/** Stripe's test ids, offered as one-tap cards where the sandbox stands in for Stripe. */
export const testCards = [
  { id: 'pm_card_visa', key: 'works' },
  { id: 'pm_card_authenticationRequired', key: 'secure' },
  { id: 'pm_card_chargeDeclinedInsufficientFunds', key: 'declined' },
] as const;

export interface CardDraft {
  number: string;
  expiry: string;
  securityCode: string;
}

export type CardField = keyof CardDraft;

function checksumHolds(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, position) => {
    const doubled = Number(digit) * (position % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Groups of four while typing. */
export function shapeNumber(text: string): string {
  return text
    .replace(/\D/g, '')
    .slice(0, 19)
    .replace(/(.{4})(?=.)/g, '$1 ');
}

/** `MM/YY` while typing. */
export function shapeExpiry(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

/** The card as Stripe takes it, or the fields that are wrong. */
export function readCard(draft: CardDraft, now: Date): TypedCard | CardField[] {
  const wrong: CardField[] = [];
  const number = draft.number.replace(/\D/g, '');
  if (number.length < 12 || !checksumHolds(number)) wrong.push('number');
  const [, month = '', year = ''] = /^(\d{2})\/(\d{2})$/.exec(draft.expiry) ?? [];
  const expiryMonth = Number(month);
  const expiryYear = 2000 + Number(year);
  const firstInvalid = new Date(expiryYear, expiryMonth, 1);
  if (expiryMonth < 1 || expiryMonth > 12 || year === '' || firstInvalid <= now) wrong.push('expiry');
  if (!/^\d{3,4}$/.test(draft.securityCode)) wrong.push('securityCode');
  return wrong.length > 0 ? wrong : { number, expiryMonth, expiryYear, securityCode: draft.securityCode };
}
