ALTER TABLE transaction.bookings DROP COLUMN calendar_version;
