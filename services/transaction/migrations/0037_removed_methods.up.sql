-- PAY-19: the card of a pending booking was removed at Stripe; a card that was never saved looks the same there, so it is
-- noted when Stripe reports it.
ALTER TABLE transaction.payments ADD COLUMN method_removed boolean NOT NULL DEFAULT false;
