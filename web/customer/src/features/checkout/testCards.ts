/** Stripe's test ids, offered as one-tap cards where the sandbox stands in for Stripe. */
export const testCards = [
  { id: 'pm_card_visa', key: 'works' },
  { id: 'pm_card_authenticationRequired', key: 'secure' },
  { id: 'pm_card_chargeDeclinedInsufficientFunds', key: 'declined' },
] as const;
