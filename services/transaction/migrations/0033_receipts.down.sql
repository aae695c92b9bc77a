DROP INDEX transaction.payments_without_receipt;
ALTER TABLE transaction.payments DROP COLUMN receipt_issued;
DROP TABLE transaction.receipts;
