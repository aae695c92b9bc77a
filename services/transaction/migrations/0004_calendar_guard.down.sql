DROP VIEW transaction.v_court_bookings;
DROP FUNCTION transaction.calendar_version_under_lock(uuid, bigint);
ALTER TABLE transaction.bookings DROP COLUMN recurring_group_id;
