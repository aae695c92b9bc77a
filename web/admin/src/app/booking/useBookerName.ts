/** What a booking's people are called: the (masked) customer, a guest's name, or just a word. */
import type { Booking } from '@courtside/api';
import { useTranslation } from 'react-i18next';

export function useBookerName(): (booking: Pick<Booking, 'customerName' | 'isManual'>) => string {
  const { t } = useTranslation();
  return ({ customerName, isManual }) => {
    if (customerName != null && customerName !== '') return customerName;
    return t(isManual ? 'booking.guest' : 'booking.customer');
  };
}
