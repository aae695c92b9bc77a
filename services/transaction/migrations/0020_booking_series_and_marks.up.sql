-- What a booking carries beyond its first checkout: the series it belongs to, the booking that a hold will move once the
-- difference is paid, no-shows, money paid at the desk, and reminders already sent (BOOK-26, 34, 44, 50, 53, 63).

ALTER TABLE transaction.bookings
    ADD COLUMN IF NOT EXISTS recurring_group_id uuid,
    -- A hold that becomes no booking of its own: once paid, the named booking moves into its place (BOOK-53). Its period
    -- is only the part of the new slot that the old one does not cover yet.
    ADD COLUMN moves_booking_id          uuid REFERENCES transaction.bookings (id),
    -- Priced above the court's base when it was booked (BOOK-18).
    ADD COLUMN peak                      boolean NOT NULL DEFAULT false,
    ADD COLUMN no_show_at                timestamptz,
    ADD COLUMN no_show_notes             text,
    ADD COLUMN external_payment_method   text,
    ADD COLUMN external_payment_notes    text,
    ADD COLUMN externally_paid_at        timestamptz,
    ADD COLUMN confirmation_reminders    integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT bookings_move_is_a_hold CHECK
        (moves_booking_id IS NULL OR status IN ('PENDING_PAYMENT', 'DROPPED')),
    ADD CONSTRAINT bookings_no_show_was_played CHECK (no_show_at IS NULL OR status = 'COMPLETED'),
    ADD CONSTRAINT bookings_external_payment_is_manual CHECK (externally_paid_at IS NULL OR kind = 'MANUAL'),
    ADD CONSTRAINT bookings_external_payment_complete CHECK
        ((externally_paid_at IS NULL) = (external_payment_method IS NULL)),
    ADD CONSTRAINT bookings_external_method_known CHECK (external_payment_method IN ('cash', 'bank_transfer'));

CREATE INDEX bookings_by_group ON transaction.bookings (recurring_group_id, booking_date)
    WHERE recurring_group_id IS NOT NULL;
-- At most one open move per booking.
CREATE UNIQUE INDEX bookings_one_open_move ON transaction.bookings (moves_booking_id)
    WHERE moves_booking_id IS NOT NULL AND status = 'PENDING_PAYMENT';

-- What a PaymentIntent is for. A booking has one of the first kind; a move that costs more adds a difference, a new price
-- of a pending booking asks for a replacement, which takes the first place when it holds (BOOK-41, BOOK-53).
ALTER TABLE transaction.payments
    ADD COLUMN purpose text NOT NULL DEFAULT 'BOOKING',
    ADD CONSTRAINT payments_purpose_known CHECK (purpose IN ('BOOKING', 'DIFFERENCE', 'REPLACEMENT', 'REPLACED'));

-- BOOK-40 to BOOK-43: a new price of an instance that waits for its owner, and how far the card has followed.
CREATE TABLE transaction.booking_price_changes (
    id                    uuid PRIMARY KEY,
    booking_id            uuid NOT NULL REFERENCES transaction.bookings (id),
    recurring_group_id    uuid NOT NULL,
    payment_id            uuid REFERENCES transaction.payments (id),
    previous_amount_cents bigint NOT NULL,
    amount_cents          bigint NOT NULL,
    status                text NOT NULL,
    -- Until then the customer may give a card that holds the new amount.
    card_due_at           timestamptz,
    changed_at            timestamptz NOT NULL,
    CONSTRAINT booking_price_changes_status_known CHECK (status IN ('AUTHORIZING', 'UNPAID', 'DONE', 'ABANDONED')),
    CONSTRAINT booking_price_changes_unpaid_has_end CHECK (status <> 'UNPAID' OR card_due_at IS NOT NULL)
);
CREATE UNIQUE INDEX booking_price_changes_one_open ON transaction.booking_price_changes (booking_id)
    WHERE status IN ('AUTHORIZING', 'UNPAID');
CREATE INDEX booking_price_changes_due ON transaction.booking_price_changes (card_due_at) WHERE status = 'UNPAID';
CREATE INDEX booking_price_changes_by_booking ON transaction.booking_price_changes (booking_id, changed_at);

-- BOOK-42: when a series' customer was last told of a new price, and what has gathered since.
CREATE TABLE transaction.series_price_notices (
    recurring_group_id uuid PRIMARY KEY,
    told_at            timestamptz,
    due_at             timestamptz,
    CONSTRAINT series_price_notices_dated CHECK (told_at IS NOT NULL OR due_at IS NOT NULL)
);
CREATE INDEX series_price_notices_due ON transaction.series_price_notices (due_at) WHERE due_at IS NOT NULL;

-- BOOK-17, BOOK-18: who may not book where for a while, or only courts that confirm at once.
CREATE TABLE transaction.booking_restrictions (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    court_id    uuid,
    kind        text NOT NULL,
    until       timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT booking_restrictions_kind_known CHECK (kind IN ('COURT_BLOCKED', 'INSTANT_ONLY')),
    CONSTRAINT booking_restrictions_court_named CHECK ((kind = 'COURT_BLOCKED') = (court_id IS NOT NULL))
);
CREATE INDEX booking_restrictions_by_customer ON transaction.booking_restrictions (customer_id, until);

-- BOOK-65: the secret address of an owner's calendar, kept as a hash. Whoever knows the address may read the calendar.
CREATE TABLE transaction.calendar_feeds (
    owner_id   uuid PRIMARY KEY,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT calendar_feeds_hash_unique UNIQUE (token_hash),
    CONSTRAINT calendar_feeds_hash_is_sha256 CHECK (octet_length(token_hash) = 32)
);
