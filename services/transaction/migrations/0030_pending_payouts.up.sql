-- What owners still wait for (PAY-57, COURT-23): a payment is settled once a payout of its owner has covered it.

ALTER TABLE transaction.payments
    ADD COLUMN settled_at timestamptz,
    ADD CONSTRAINT payments_settled_after_capture CHECK (settled_at IS NULL OR captured_at IS NOT NULL);
CREATE INDEX payments_unsettled ON transaction.payments (owner_id, captured_at)
    WHERE captured_at IS NOT NULL AND settled_at IS NULL;

-- Per court: the owner's part of what was collected, not given back and not paid out. Courts without any are not listed.
CREATE VIEW transaction.v_court_pending_payouts AS
    SELECT booking.court_id,
           sum(payment.owner_net_cents - payment.refunded_cents)::bigint AS pending_amount_cents
    FROM transaction.payments payment
    JOIN transaction.bookings booking ON booking.id = payment.booking_id
    WHERE payment.captured_at IS NOT NULL AND payment.settled_at IS NULL
      AND payment.status IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'DISPUTED')
    GROUP BY booking.court_id
    HAVING sum(payment.owner_net_cents - payment.refunded_cents) > 0;

GRANT SELECT ON transaction.v_court_pending_payouts TO courtside_platform;
