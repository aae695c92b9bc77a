-- Receipts, as they were issued: court, owner and tax number may change later, a receipt does not (PAY-34, PAY-35).

CREATE TABLE transaction.receipts (
    payment_id uuid PRIMARY KEY REFERENCES transaction.payments (id),
    booking_id uuid NOT NULL REFERENCES transaction.bookings (id),
    number     text NOT NULL,
    document   jsonb NOT NULL,
    issued_at  timestamptz NOT NULL,
    CONSTRAINT receipts_number_unique UNIQUE (number)
);
CREATE INDEX receipts_by_booking ON transaction.receipts (booking_id, issued_at);

ALTER TABLE transaction.payments ADD COLUMN receipt_issued boolean NOT NULL DEFAULT false;
CREATE INDEX payments_without_receipt ON transaction.payments (captured_at)
    WHERE captured_at IS NOT NULL AND NOT receipt_issued;
