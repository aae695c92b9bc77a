-- Courts on their way to another owner (COURT-56 to COURT-59). A row waits for the target until it is decided or its time
-- is over; whether it is over is asked of the clock, so a row that nobody touched may still say that it waits.
CREATE TABLE court_transfers (
    id            uuid PRIMARY KEY,
    court_id      uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    from_owner_id uuid NOT NULL REFERENCES users (id),
    to_owner_id   uuid NOT NULL REFERENCES users (id),
    status        text NOT NULL DEFAULT 'PENDING_TARGET_CONFIRMATION',
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    decided_at    timestamptz,
    CONSTRAINT court_transfers_status_known CHECK (
        status IN ('PENDING_TARGET_CONFIRMATION', 'COMPLETED', 'WITHDRAWN', 'EXPIRED')),
    CONSTRAINT court_transfers_between_two CHECK (from_owner_id <> to_owner_id),
    CONSTRAINT court_transfers_decision_dated CHECK (
        (status = 'PENDING_TARGET_CONFIRMATION') = (decided_at IS NULL)),
    CONSTRAINT court_transfers_expire_later CHECK (expires_at > created_at)
);

-- A court goes to one owner at a time.
CREATE UNIQUE INDEX court_transfers_one_pending ON court_transfers (court_id)
    WHERE status = 'PENDING_TARGET_CONFIRMATION';
CREATE INDEX court_transfers_by_source ON court_transfers (from_owner_id, created_at DESC);
CREATE INDEX court_transfers_by_target ON court_transfers (to_owner_id, created_at DESC);
