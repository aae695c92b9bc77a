-- A weekly series of bookings has one id of its own (BOOK-35).
ALTER TABLE transaction.bookings ADD COLUMN recurring_group_id uuid;
CREATE INDEX bookings_by_series ON transaction.bookings (recurring_group_id, booking_date)
    WHERE recurring_group_id IS NOT NULL;

-- HOL-37: the number of the court's calendar, read while no change of the calendar is under way and none can begin until
-- the caller's transaction ends. Null when there is no such court. Volatile, so that it reads after it has the lock and
-- not by the snapshot of the statement that calls it. The key is that of contracts::court::calendar_lock_key.
CREATE FUNCTION transaction.calendar_version_under_lock(court uuid, lock_key bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_key);
    RETURN (SELECT summary.calendar_version FROM platform.v_court_summary summary WHERE summary.court_id = court);
END $$;

-- What platform may know of the bookings on its owners' courts: it asks before it blocks, changes or removes a court.
CREATE VIEW transaction.v_court_bookings AS
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

GRANT SELECT ON transaction.v_court_bookings TO courtside_platform;
