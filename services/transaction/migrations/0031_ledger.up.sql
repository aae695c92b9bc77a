-- Every cent that moves for a booking, double entry: each row takes an amount out of one account and puts it into another,
-- so debits equal credits by construction (PAY-08, PAY-20, PAY-45). Amounts are positive; a way back is a row the other way.
--
-- STRIPE      what lies at Stripe for the booking, on the platform's or the owner's balance
-- CUSTOMER    what the customer paid and has not been handed on; nothing, once a step is complete
-- OWNER       the owner's part
-- COMMISSION  the platform's part
-- REFUND      decided to go back and not yet sent
-- DISPUTE     taken back by a bank and not yet decided

CREATE TABLE transaction.ledger (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id   uuid NOT NULL REFERENCES transaction.payments (id),
    booking_id   uuid NOT NULL,
    step         text NOT NULL,
    -- The refund, dispute or reversal it belongs to; a capture has none.
    cause        uuid,
    debit        text NOT NULL,
    credit       text NOT NULL,
    amount_cents bigint NOT NULL,
    occurred_at  timestamptz NOT NULL,
    -- A step of money happens once, however often it is reported.
    CONSTRAINT ledger_step_once UNIQUE NULLS NOT DISTINCT (payment_id, step, cause, debit, credit),
    CONSTRAINT ledger_amount_positive CHECK (amount_cents > 0),
    CONSTRAINT ledger_two_accounts CHECK (debit <> credit),
    CONSTRAINT ledger_debit_known CHECK (debit IN ('STRIPE', 'CUSTOMER', 'OWNER', 'COMMISSION', 'REFUND', 'DISPUTE')),
    CONSTRAINT ledger_credit_known CHECK (credit IN ('STRIPE', 'CUSTOMER', 'OWNER', 'COMMISSION', 'REFUND', 'DISPUTE')),
    CONSTRAINT ledger_step_known CHECK (step IN
        ('CAPTURE', 'REFUND_DECIDED', 'REFUND_SENT', 'REFUND_RETURNED', 'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST'))
);

CREATE FUNCTION transaction.refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger rows are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON transaction.ledger
    FOR EACH ROW EXECUTE FUNCTION transaction.refuse_ledger_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON transaction.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION transaction.refuse_ledger_change();

-- What was collected before there was a ledger is opened with what its rows say.
INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
SELECT payment.id, payment.booking_id, 'CAPTURE', posting.debit, posting.credit, posting.cents, payment.captured_at
FROM transaction.payments payment
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT 1 FROM transaction.refunds WHERE payment_id = payment.id AND returns_fee) AS back
) given
CROSS JOIN LATERAL (VALUES
    ('STRIPE', 'CUSTOMER', payment.amount_cents),
    ('CUSTOMER', CASE WHEN given.back THEN 'REFUND' ELSE 'OWNER' END, payment.owner_net_cents),
    ('CUSTOMER', 'COMMISSION', payment.commission_cents)
) AS posting (debit, credit, cents)
WHERE payment.captured_at IS NOT NULL AND posting.cents > 0
ORDER BY payment.captured_at;

INSERT INTO transaction.ledger (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
SELECT payment_id, booking_id, 'REFUND_DECIDED', id, 'OWNER', 'REFUND', amount_cents, initiated_at
FROM transaction.refunds WHERE NOT returns_fee
UNION ALL
SELECT payment_id, booking_id, 'REFUND_SENT', id, 'REFUND', 'STRIPE', amount_cents, coalesce(sent_at, completed_at)
FROM transaction.refunds WHERE status IN ('PROCESSING', 'COMPLETED');
