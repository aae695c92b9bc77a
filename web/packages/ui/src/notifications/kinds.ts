/** What a message is about, by its type. Types that this build does not know are plain messages (NOTE-17). */
export type MessageSubject =
  | 'booking'
  | 'money'
  | 'reminder'
  | 'waitlist'
  | 'match'
  | 'account'
  | 'support'
  | 'weather'
  | 'court'
  | 'favorite'
  | 'other';

const subjects: [RegExp, MessageSubject][] = [
  [/^(PENDING_CONFIRMATION|BOOKING|REMINDER)_(REMINDER|ALERT)$/, 'reminder'],
  [/^(BOOKING|RECURRING_BOOKING)_/, 'booking'],
  [/^(PAYMENT|PAYOUT|REFUND|SPLIT_PAYMENT|STRIPE)_/, 'money'],
  [/^WAITLIST_/, 'waitlist'],
  [/^MATCH_/, 'match'],
  [/^(SUBSCRIPTION|VERIFICATION|SECURITY|DATA_EXPORT)_/, 'account'],
  [/^SUPPORT_/, 'support'],
  [/^WEATHER_/, 'weather'],
  [/^COURT_/, 'court'],
  [/^FAVORITE_/, 'favorite'],
];

export function subjectOf(notificationType: string): MessageSubject {
  return subjects.find(([pattern]) => pattern.test(notificationType))?.[1] ?? 'other';
}
