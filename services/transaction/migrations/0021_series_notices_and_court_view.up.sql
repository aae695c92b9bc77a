-- One index by series is enough; and of a booking's payments platform sees the one that is the booking's own.
DROP INDEX IF EXISTS transaction.bookings_by_group;

-- Which of a series' new prices its customer has heard of (BOOK-42).
ALTER TABLE transaction.booking_price_changes ADD COLUMN told_at timestamptz;

CREATE OR REPLACE VIEW transaction.v_court_bookings AS
    SELECT booking.id AS booking_id, booking.court_id, booking.owner_id, booking.customer_id, booking.guest_name,
           booking.kind AS booking_type, booking.status,
           CASE WHEN booking.externally_paid_at IS NOT NULL THEN 'PAID_EXTERNALLY'
                ELSE coalesce(payment.status, 'NOT_REQUIRED') END AS payment_status,
           booking.booking_date, booking.start_time, booking.end_time,
           lower(booking.period) AS starts_at, upper(booking.period) AS ends_at,
           booking.number_of_people, booking.amount_cents AS total_amount_cents, booking.owner_net_cents,
           booking.recurring_group_id
    FROM transaction.bookings booking
    LEFT JOIN LATERAL (
        SELECT status FROM transaction.payments
        WHERE booking_id = booking.id AND purpose = 'BOOKING' ORDER BY created_at LIMIT 1
    ) payment ON true
    WHERE booking.status IN ('PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED');
