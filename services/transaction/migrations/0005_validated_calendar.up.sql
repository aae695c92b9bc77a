-- Which calendar a hold was validated against: a payment that comes after the hold lapsed may take the slot only while
-- that calendar still stands (HOL-37, LIVE-11).
ALTER TABLE transaction.bookings ADD COLUMN calendar_version bigint;
