DROP VIEW transaction.v_slot_occupancy;
DROP TABLE transaction.idempotency_keys;
DROP TABLE transaction.audit_log;
DROP FUNCTION transaction.refuse_audit_change();
DROP TABLE transaction.booking_status_history;
DROP TABLE transaction.bookings;
