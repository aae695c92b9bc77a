ALTER TABLE transaction.transfer_reversals
    DROP CONSTRAINT transfer_reversals_once,
    DROP COLUMN refund_id,
    ADD CONSTRAINT transfer_reversals_one_per_dispute UNIQUE (dispute_id);
ALTER TABLE transaction.ledger DROP CONSTRAINT ledger_step_known;
ALTER TABLE transaction.ledger ADD CONSTRAINT ledger_step_known CHECK (step IN
    ('CAPTURE', 'REFUND_DECIDED', 'REFUND_SENT', 'REFUND_RETURNED', 'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST'));
ALTER TABLE transaction.refunds DROP COLUMN covered_by, DROP COLUMN waits_for_dispute, DROP COLUMN attempt;
