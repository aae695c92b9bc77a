-- Bookings and holds of every kind, one row each, and what happened to them (BOOK, LIVE).

CREATE TABLE transaction.bookings (
    id                    uuid PRIMARY KEY,
    court_id              uuid NOT NULL,
    owner_id              uuid NOT NULL,
    customer_id           uuid,
    kind                  text NOT NULL,
    status                text NOT NULL,

    -- Court-local slot, and the instants it means, computed once when the row is written (BOOK-20, BOOK-22).
    booking_date          date NOT NULL,
    start_time            time NOT NULL,
    end_time              time NOT NULL,
    duration_minutes      integer NOT NULL,
    timezone              text NOT NULL,
    period                tstzrange NOT NULL,

    -- The court as it was booked: a later rename or removal does not rewrite history (EVT-21).
    court_name_el         text NOT NULL,
    court_name_en         text,
    court_type            text NOT NULL,
    confirmation_mode     text NOT NULL,
    number_of_people      integer,

    -- Money in euro cents, fixed at creation (PAY-09). Manual bookings carry none.
    amount_cents          bigint NOT NULL DEFAULT 0,
    commission_cents      bigint NOT NULL DEFAULT 0,
    owner_net_cents       bigint NOT NULL DEFAULT 0,
    discount_cents        bigint NOT NULL DEFAULT 0,
    promo_code            text,
    currency              text NOT NULL DEFAULT 'EUR',

    -- Manual bookings: who plays, as the owner noted it.
    guest_name            text,
    guest_phone           text,
    guest_email           text,
    notes                 text,

    hold_expires_at       timestamptz,
    confirmation_deadline timestamptz,
    cancelled_by          text,
    reason                text,
    completed_at          timestamptz,

    trace_id              text NOT NULL,
    version               bigint NOT NULL DEFAULT 1,
    created_at            timestamptz NOT NULL,
    updated_at            timestamptz NOT NULL,

    -- BOOK-03: the one arbiter. Customer, manual and recurring bookings and holds exclude each other on a court.
    CONSTRAINT bookings_no_overlap EXCLUDE USING gist (court_id WITH =, period WITH &&)
        WHERE (status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED')),

    CONSTRAINT bookings_kind_known CHECK (kind IN ('CUSTOMER', 'MANUAL')),
    -- DROPPED is a hold that ended without a booking; it is never shown.
    CONSTRAINT bookings_status_known CHECK (status IN
        ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'REJECTED', 'DROPPED')),
    CONSTRAINT bookings_mode_known CHECK (confirmation_mode IN ('INSTANT', 'MANUAL')),
    CONSTRAINT bookings_cancelled_by_known CHECK (cancelled_by IN ('CUSTOMER', 'COURT_OWNER', 'SYSTEM')),
    CONSTRAINT bookings_same_day CHECK (end_time > start_time),
    CONSTRAINT bookings_period_bounded CHECK
        (NOT isempty(period) AND NOT lower_inf(period) AND NOT upper_inf(period)),
    CONSTRAINT bookings_customer_present CHECK ((kind = 'CUSTOMER') = (customer_id IS NOT NULL)),
    CONSTRAINT bookings_manual_is_unpaid CHECK (kind = 'CUSTOMER' OR amount_cents = 0),
    CONSTRAINT bookings_money_adds_up CHECK
        (amount_cents >= 0 AND commission_cents >= 0 AND amount_cents = commission_cents + owner_net_cents),
    CONSTRAINT bookings_hold_has_end CHECK (status <> 'PENDING_PAYMENT' OR hold_expires_at IS NOT NULL),
    CONSTRAINT bookings_pending_has_deadline CHECK
        (status <> 'PENDING_CONFIRMATION' OR confirmation_deadline IS NOT NULL),
    CONSTRAINT bookings_cancellation_explained CHECK
        (status NOT IN ('CANCELLED', 'REJECTED') OR (cancelled_by IS NOT NULL AND reason IS NOT NULL)),
    CONSTRAINT bookings_completion_dated CHECK ((status = 'COMPLETED') = (completed_at IS NOT NULL))
);

CREATE INDEX bookings_by_customer ON transaction.bookings (customer_id, booking_date DESC, start_time DESC)
    WHERE customer_id IS NOT NULL AND status <> 'DROPPED';
CREATE INDEX bookings_by_owner ON transaction.bookings (owner_id, booking_date DESC, start_time DESC)
    WHERE status <> 'DROPPED';
-- Day availability is a B-tree range, much cheaper than asking the exclusion constraint's index.
CREATE INDEX bookings_occupying ON transaction.bookings (court_id, booking_date)
    WHERE status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED');
CREATE INDEX bookings_holds_by_expiry ON transaction.bookings (hold_expires_at) WHERE status = 'PENDING_PAYMENT';
CREATE INDEX bookings_pending_by_deadline ON transaction.bookings (confirmation_deadline)
    WHERE status = 'PENDING_CONFIRMATION';
CREATE INDEX bookings_confirmed_by_end ON transaction.bookings (upper(period)) WHERE status = 'CONFIRMED';

CREATE TABLE transaction.booking_status_history (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES transaction.bookings (id),
    status     text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    actor_id   uuid,
    reason     text,
    CONSTRAINT booking_status_history_actor_known CHECK (changed_by IN ('CUSTOMER', 'COURT_OWNER', 'SYSTEM'))
);
CREATE INDEX booking_status_history_by_booking ON transaction.booking_status_history (booking_id, id);

-- BOOK-62: who did what, with the state before and after. Rows are appended and never touched again.
CREATE TABLE transaction.audit_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id   uuid,
    payment_id   uuid,
    action       text NOT NULL,
    actor_id     uuid,
    actor_role   text NOT NULL,
    state_before jsonb,
    state_after  jsonb,
    occurred_at  timestamptz NOT NULL,
    trace_id     text NOT NULL
);
CREATE INDEX audit_log_by_booking ON transaction.audit_log (booking_id, id) WHERE booking_id IS NOT NULL;

CREATE FUNCTION transaction.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON transaction.audit_log
    FOR EACH ROW EXECUTE FUNCTION transaction.refuse_audit_change();

-- BOOK-02: a client's key, what it was used for and the first answer. One row per user and key.
CREATE TABLE transaction.idempotency_keys (
    user_id         uuid NOT NULL,
    key             uuid NOT NULL,
    request_hash    bytea NOT NULL,
    booking_id      uuid,
    response_status integer,
    response_body   jsonb,
    created_at      timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_one_per_user PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
    CONSTRAINT idempotency_keys_answer_complete CHECK ((response_status IS NULL) = (response_body IS NULL))
);
CREATE INDEX idempotency_keys_by_age ON transaction.idempotency_keys (created_at);

-- What the platform may know of a slot that is taken: never by whom. The reader drops expired holds by its own clock.
CREATE VIEW transaction.v_slot_occupancy AS
    SELECT court_id, booking_date AS date, start_time, end_time,
           lower(period) AS starts_at, upper(period) AS ends_at,
           CASE WHEN status = 'PENDING_PAYMENT' THEN 'HELD' ELSE 'BOOKED' END AS kind,
           CASE WHEN status = 'PENDING_PAYMENT' THEN hold_expires_at END AS hold_expires_at
    FROM transaction.bookings
    WHERE status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED');

GRANT SELECT ON transaction.v_slot_occupancy TO courtside_platform;
