DROP VIEW transaction.v_court_pending_payouts;
DROP INDEX transaction.payments_unsettled;
ALTER TABLE transaction.payments DROP CONSTRAINT payments_settled_after_capture, DROP COLUMN settled_at;
