-- Payouts of owners as Stripe reported them, and those that somebody should look at (PAY-59).
CREATE TABLE platform.payouts (
    stripe_payout_id text PRIMARY KEY,
    owner_id         uuid NOT NULL REFERENCES platform.users (id),
    amount_cents     bigint NOT NULL,
    status           text NOT NULL,
    created_at       timestamptz NOT NULL,
    -- Why it is looked at: SINGLE_AMOUNT, WEEKLY_AMOUNT, WEEKLY_GROWTH.
    flags            text[] NOT NULL DEFAULT '{}',
    seen_at          timestamptz NOT NULL,
    CONSTRAINT payouts_status_known CHECK (status IN ('PENDING', 'IN_TRANSIT', 'PAID', 'FAILED', 'CANCELED'))
);
CREATE INDEX payouts_by_owner ON platform.payouts (owner_id, created_at);
CREATE INDEX payouts_flagged ON platform.payouts (created_at) WHERE flags <> '{}';
