/**
 * The client secrets of payments that wait for the bank. They survive the way to the bank and back in this
 * tab and prove nothing but the right to see one payment's state.
 */
const keyOf = (bookingId: string) => `courtside.payment.${bookingId}`;

export function rememberSecret(bookingId: string, secret: string): void {
  sessionStorage.setItem(keyOf(bookingId), secret);
}

export function rememberedSecret(bookingId: string): string | undefined {
  return sessionStorage.getItem(keyOf(bookingId)) ?? undefined;
}

export function forgetSecret(bookingId: string): void {
  sessionStorage.removeItem(keyOf(bookingId));
}
