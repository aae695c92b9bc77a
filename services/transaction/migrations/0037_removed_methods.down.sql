ALTER TABLE transaction.payments DROP COLUMN method_removed;
