-- Why an owner's payouts wait (PAY-47, PAY-59, PAY-61), and what was looked at to suspect a booking (PAY-60).

CREATE TABLE transaction.payout_holds (
    id              uuid PRIMARY KEY,
    owner_id        uuid NOT NULL,
    account_id      text NOT NULL,
    reason          text NOT NULL,
    -- The dispute or the booking.
    cause           uuid NOT NULL,
    status          text NOT NULL DEFAULT 'HELD',
    -- How the owner was paid before, to be restored.
    schedule_before jsonb,
    applied_at      timestamptz,
    lifted_at       timestamptz,
    created_at      timestamptz NOT NULL,
    decided_by      uuid,
    decided_at      timestamptz,
    notes           text,
    CONSTRAINT payout_holds_once UNIQUE (reason, cause),
    CONSTRAINT payout_holds_reason_known CHECK (reason IN ('DISPUTE', 'FRAUD')),
    CONSTRAINT payout_holds_status_known CHECK (status IN ('HELD', 'RELEASED', 'KEPT')),
    CONSTRAINT payout_holds_decision_dated CHECK ((status = 'HELD') = (decided_at IS NULL))
);
CREATE INDEX payout_holds_by_owner ON transaction.payout_holds (owner_id) WHERE status <> 'RELEASED';
CREATE INDEX payout_holds_by_status ON transaction.payout_holds (status, created_at);

-- Who is not paid out for now; platform refuses changes of their payout schedule meanwhile.
CREATE VIEW transaction.v_payout_holds AS
    SELECT owner_id, min(created_at) AS held_since
    FROM transaction.payout_holds WHERE status <> 'RELEASED' GROUP BY owner_id;
GRANT SELECT ON transaction.v_payout_holds TO courtside_platform;

CREATE TABLE transaction.booking_screenings (
    booking_id  uuid PRIMARY KEY REFERENCES transaction.bookings (id),
    same_ip     boolean NOT NULL,
    same_device boolean NOT NULL,
    new_account boolean NOT NULL,
    severity    text,
    screened_at timestamptz NOT NULL,
    CONSTRAINT booking_screenings_severity_known CHECK (severity IN ('LOW', 'CRITICAL'))
);
CREATE INDEX payments_by_age ON transaction.payments (created_at);
