-- While a bank contests a charge Stripe sends no refund of it. Such a refund waits; once the bank has decided it is either
-- sent anew under a key of its own, or the bank has given the money back itself and the refund is covered by the dispute.
ALTER TABLE transaction.refunds
    ADD COLUMN attempt integer NOT NULL DEFAULT 0,
    ADD COLUMN waits_for_dispute boolean NOT NULL DEFAULT false,
    ADD COLUMN covered_by uuid REFERENCES transaction.disputes (id),
    ADD CONSTRAINT refunds_waiting_unsent CHECK (NOT waits_for_dispute OR status = 'INITIATED'),
    ADD CONSTRAINT refunds_covered_complete CHECK (covered_by IS NULL OR status = 'COMPLETED');

ALTER TABLE transaction.ledger DROP CONSTRAINT ledger_step_known;
ALTER TABLE transaction.ledger ADD CONSTRAINT ledger_step_known CHECK (step IN
    ('CAPTURE', 'REFUND_DECIDED', 'REFUND_SENT', 'REFUND_RETURNED', 'REFUND_COVERED',
     'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST'));

-- A covered refund takes its part of the transfer back beside the share of the dispute itself.
ALTER TABLE transaction.transfer_reversals
    ADD COLUMN refund_id uuid REFERENCES transaction.refunds (id),
    DROP CONSTRAINT transfer_reversals_one_per_dispute,
    ADD CONSTRAINT transfer_reversals_once UNIQUE NULLS NOT DISTINCT (dispute_id, refund_id);
