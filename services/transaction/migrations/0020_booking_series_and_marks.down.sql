-- Holds that were to move a booking mean nothing without their column; they are dropped like any hold that ended.
DROP TABLE transaction.calendar_feeds;
DROP TABLE transaction.booking_restrictions;
DROP TABLE transaction.series_price_notices;
DROP TABLE transaction.booking_price_changes;
ALTER TABLE transaction.payments
    DROP CONSTRAINT payments_purpose_known,
    DROP COLUMN purpose;
DROP INDEX transaction.bookings_one_open_move;
DROP INDEX IF EXISTS transaction.bookings_by_group;
ALTER TABLE transaction.bookings
    DROP CONSTRAINT bookings_external_method_known,
    DROP CONSTRAINT bookings_external_payment_complete,
    DROP CONSTRAINT bookings_external_payment_is_manual,
    DROP CONSTRAINT bookings_no_show_was_played,
    DROP CONSTRAINT bookings_move_is_a_hold,
    DROP COLUMN confirmation_reminders,
    DROP COLUMN externally_paid_at,
    DROP COLUMN external_payment_notes,
    DROP COLUMN external_payment_method,
    DROP COLUMN no_show_notes,
    DROP COLUMN no_show_at,
    DROP COLUMN peak,
    DROP COLUMN moves_booking_id;
