-- What a customer prefers (FIND-33): when and how far away to play, and which messages to get.
ALTER TABLE search_preferences
    ADD COLUMN preferred_days       text[] NOT NULL DEFAULT '{}',
    ADD COLUMN preferred_start_time time,
    ADD COLUMN preferred_end_time   time,
    ADD CONSTRAINT search_preferences_days_known CHECK (preferred_days <@ ARRAY [
        'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']),
    ADD CONSTRAINT search_preferences_times_paired
        CHECK ((preferred_start_time IS NULL) = (preferred_end_time IS NULL)),
    ADD CONSTRAINT search_preferences_end_after_start CHECK (preferred_end_time > preferred_start_time);

-- FIND-35: who has no row wants everything. Quiet hours may cross midnight (NOTE-29).
CREATE TABLE customer_notification_preferences (
    user_id                   uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    booking_events            boolean NOT NULL DEFAULT true,
    favorite_court_alerts     boolean NOT NULL DEFAULT true,
    promotional_notifications boolean NOT NULL DEFAULT true,
    email_notifications       boolean NOT NULL DEFAULT true,
    push_notifications        boolean NOT NULL DEFAULT true,
    do_not_disturb_start      time,
    do_not_disturb_end        time,
    CONSTRAINT customer_notification_preferences_quiet_hours_paired
        CHECK ((do_not_disturb_start IS NULL) = (do_not_disturb_end IS NULL)),
    CONSTRAINT customer_notification_preferences_quiet_hours_last CHECK (do_not_disturb_start <> do_not_disturb_end)
);

-- Who delivers messages must know what their reader wants (NOTE-24); a reader without a row is missing here too.
CREATE VIEW v_customer_notification_preferences AS
SELECT user_id, booking_events, favorite_court_alerts, promotional_notifications, email_notifications,
       push_notifications, do_not_disturb_start, do_not_disturb_end
FROM customer_notification_preferences;

GRANT SELECT ON v_customer_notification_preferences TO courtside_transaction;
