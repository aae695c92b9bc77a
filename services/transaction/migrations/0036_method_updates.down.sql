ALTER TABLE transaction.payments DROP COLUMN method_update_due;
