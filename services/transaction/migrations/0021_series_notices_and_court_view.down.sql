-- The view as it was before payments had a purpose.
CREATE OR REPLACE VIEW transaction.v_court_bookings AS
    SELECT booking.id AS booking_id, booking.court_id, booking.owner_id, booking.customer_id, booking.guest_name,
           booking.kind AS booking_type, booking.status,
           coalesce(payment.status, 'NOT_REQUIRED') AS payment_status,
           booking.booking_date, booking.start_time, booking.end_time,
           lower(booking.period) AS starts_at, upper(booking.period) AS ends_at,
           booking.number_of_people, booking.amount_cents AS total_amount_cents, booking.owner_net_cents,
           booking.recurring_group_id
    FROM transaction.bookings booking
    LEFT JOIN LATERAL (
        SELECT status FROM transaction.payments WHERE booking_id = booking.id ORDER BY created_at DESC LIMIT 1
    ) payment ON true
    WHERE booking.status IN ('PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED');

CREATE INDEX bookings_by_group ON transaction.bookings (recurring_group_id, booking_date)
    WHERE recurring_group_id IS NOT NULL;

ALTER TABLE transaction.booking_price_changes DROP COLUMN told_at;
