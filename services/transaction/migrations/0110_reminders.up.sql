-- Reminders of a booking that is near (NOTE-22): one row per slot and reminder, whether it was sent or had been missed. A
-- booking that moves has another start, so the new slot's reminders come.
CREATE TABLE transaction.booking_reminders (
    booking_id   uuid NOT NULL REFERENCES transaction.bookings (id) ON DELETE CASCADE,
    starts_at    timestamptz NOT NULL,
    hours_before integer NOT NULL,
    settled_at   timestamptz NOT NULL,
    sent         boolean NOT NULL,
    CONSTRAINT booking_reminders_once PRIMARY KEY (booking_id, starts_at, hours_before)
);

-- What rules have told of which booking, and what owners put aside (NOTE-52, NOTE-54, NOTE-57). The rules are platform's.
CREATE TABLE transaction.reminder_alerts (
    alert_id     uuid NOT NULL,
    rule_id      uuid NOT NULL,
    booking_id   uuid NOT NULL REFERENCES transaction.bookings (id) ON DELETE CASCADE,
    owner_id     uuid NOT NULL,
    told_at      timestamptz,
    dismissed_at timestamptz,
    CONSTRAINT reminder_alerts_once PRIMARY KEY (rule_id, booking_id),
    CONSTRAINT reminder_alerts_named UNIQUE (alert_id),
    CONSTRAINT reminder_alerts_happened CHECK (told_at IS NOT NULL OR dismissed_at IS NOT NULL)
);
CREATE INDEX reminder_alerts_by_booking ON transaction.reminder_alerts (booking_id);

-- The same about courts that nobody books: once per rule and court in its span (NOTE-49).
CREATE TABLE transaction.reminder_court_alerts (
    alert_id     uuid NOT NULL,
    rule_id      uuid NOT NULL,
    court_id     uuid NOT NULL,
    owner_id     uuid NOT NULL,
    told_at      timestamptz,
    dismissed_at timestamptz,
    quiet_until  timestamptz NOT NULL,
    CONSTRAINT reminder_court_alerts_once PRIMARY KEY (rule_id, court_id),
    CONSTRAINT reminder_court_alerts_named UNIQUE (alert_id),
    CONSTRAINT reminder_court_alerts_happened CHECK (told_at IS NOT NULL OR dismissed_at IS NOT NULL)
);
CREATE INDEX reminder_court_alerts_by_owner ON transaction.reminder_court_alerts (owner_id);
