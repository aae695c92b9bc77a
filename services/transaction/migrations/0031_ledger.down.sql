DROP TABLE transaction.ledger;
DROP FUNCTION transaction.refuse_ledger_change();
