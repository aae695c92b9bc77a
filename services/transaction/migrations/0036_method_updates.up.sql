-- PAY-19: until when a customer may replace a card that no longer works while the booking waits for its owner.
ALTER TABLE transaction.payments ADD COLUMN method_update_due timestamptz;
