-- What the comparison with Stripe found and a person has to look at (PAY-45), and the payouts it saw.

CREATE TABLE transaction.payment_reviews (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    -- What it is about, e.g. the id of a payment, refund or payout: a difference that lasts is one row.
    subject     text NOT NULL,
    payment_id  uuid,
    booking_id  uuid,
    owner_id    uuid,
    details     jsonb NOT NULL,
    status      text NOT NULL DEFAULT 'OPEN',
    found_at    timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid,
    notes       text,
    CONSTRAINT payment_reviews_status_known CHECK (status IN ('OPEN', 'RESOLVED')),
    CONSTRAINT payment_reviews_resolution_dated CHECK ((status = 'RESOLVED') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX payment_reviews_open_once ON transaction.payment_reviews (kind, subject) WHERE status = 'OPEN';
CREATE INDEX payment_reviews_by_status ON transaction.payment_reviews (status, found_at);

CREATE TABLE transaction.owner_payouts (
    stripe_payout_id text PRIMARY KEY,
    owner_id         uuid NOT NULL,
    amount_cents     bigint NOT NULL,
    status           text NOT NULL,
    arrival_at       timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    seen_at          timestamptz NOT NULL,
    CONSTRAINT owner_payouts_status_known CHECK (status IN ('PENDING', 'IN_TRANSIT', 'PAID', 'FAILED', 'CANCELED'))
);
CREATE INDEX owner_payouts_by_owner ON transaction.owner_payouts (owner_id, created_at);
