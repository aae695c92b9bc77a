-- Charges that a bank takes back, and what was said and decided about them (PAY-47 to PAY-50).

CREATE TABLE transaction.disputes (
    id                uuid PRIMARY KEY,
    stripe_dispute_id text NOT NULL,
    payment_id        uuid NOT NULL REFERENCES transaction.payments (id),
    booking_id        uuid NOT NULL REFERENCES transaction.bookings (id),
    customer_id       uuid NOT NULL,
    owner_id          uuid NOT NULL,
    amount_cents      bigint NOT NULL,
    reason            text NOT NULL,
    status            text NOT NULL DEFAULT 'OPEN',
    -- An enquiry has taken no money yet.
    withdrawn         boolean NOT NULL DEFAULT false,
    evidence_due_by   timestamptz,
    -- What the owner bears of a lost one; the rest is the platform's loss.
    owner_share_cents bigint NOT NULL DEFAULT 0,

    -- The platform's own look at it.
    review            text NOT NULL DEFAULT 'OPEN',
    resolution        text,
    refund_percentage integer,
    notes             text,
    decided_by        uuid,
    decided_at        timestamptz,

    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    closed_at         timestamptz,
    CONSTRAINT disputes_stripe_id_unique UNIQUE (stripe_dispute_id),
    CONSTRAINT disputes_amount_positive CHECK (amount_cents > 0),
    CONSTRAINT disputes_status_known CHECK (status IN ('OPEN', 'UNDER_REVIEW', 'WON', 'LOST')),
    CONSTRAINT disputes_review_known CHECK (review IN ('OPEN', 'IN_REVIEW', 'RESOLVED')),
    CONSTRAINT disputes_resolution_known CHECK
        (resolution IN ('REFUND_CUSTOMER', 'SIDE_WITH_OWNER', 'PARTIAL_REFUND')),
    CONSTRAINT disputes_percentage_range CHECK (refund_percentage BETWEEN 0 AND 100),
    CONSTRAINT disputes_percentage_with_part CHECK ((resolution = 'PARTIAL_REFUND') = (refund_percentage IS NOT NULL)),
    CONSTRAINT disputes_decision_complete CHECK
        ((resolution IS NULL) = (decided_at IS NULL) AND (resolution IS NULL OR review = 'RESOLVED')),
    CONSTRAINT disputes_close_dated CHECK ((status IN ('WON', 'LOST')) = (closed_at IS NOT NULL)),
    CONSTRAINT disputes_share_bounded CHECK (owner_share_cents BETWEEN 0 AND amount_cents)
);
CREATE INDEX disputes_by_payment ON transaction.disputes (payment_id, created_at);
CREATE INDEX disputes_by_review ON transaction.disputes (review, created_at);

-- What the owner submits, passed to Stripe once.
CREATE TABLE transaction.dispute_evidence (
    id           uuid PRIMARY KEY,
    dispute_id   uuid NOT NULL REFERENCES transaction.disputes (id),
    submitted_by uuid NOT NULL,
    -- Keys and texts as Stripe's dispute evidence knows them.
    evidence     jsonb NOT NULL,
    submitted_at timestamptz NOT NULL,
    passed_at    timestamptz,
    refusal      text
);
CREATE INDEX dispute_evidence_by_dispute ON transaction.dispute_evidence (dispute_id, submitted_at);
CREATE INDEX dispute_evidence_unpassed ON transaction.dispute_evidence (submitted_at)
    WHERE passed_at IS NULL AND refusal IS NULL;

-- PAY-48, OWN-44: the audit rows of booking and payment belong to the record of the dispute.
CREATE TABLE transaction.dispute_audit (
    dispute_id uuid NOT NULL REFERENCES transaction.disputes (id),
    audit_id   bigint NOT NULL REFERENCES transaction.audit_log (id),
    PRIMARY KEY (dispute_id, audit_id)
);

-- What is taken back from an owner's balance after a lost dispute; written down before Stripe is asked (PAY-06).
CREATE TABLE transaction.transfer_reversals (
    id                 uuid PRIMARY KEY,
    payment_id         uuid NOT NULL REFERENCES transaction.payments (id),
    dispute_id         uuid NOT NULL REFERENCES transaction.disputes (id),
    amount_cents       bigint NOT NULL,
    status             text NOT NULL DEFAULT 'INITIATED',
    stripe_reversal_id text,
    failure_message    text,
    initiated_at       timestamptz NOT NULL,
    completed_at       timestamptz,
    CONSTRAINT transfer_reversals_one_per_dispute UNIQUE (dispute_id),
    CONSTRAINT transfer_reversals_amount_positive CHECK (amount_cents > 0),
    CONSTRAINT transfer_reversals_status_known CHECK (status IN ('INITIATED', 'COMPLETED', 'FAILED')),
    CONSTRAINT transfer_reversals_completion_dated CHECK ((status = 'COMPLETED') = (completed_at IS NOT NULL))
);
CREATE INDEX transfer_reversals_open ON transaction.transfer_reversals (initiated_at) WHERE status = 'INITIATED';
