DROP TABLE transaction.transfer_reversals;
DROP TABLE transaction.dispute_audit;
DROP TABLE transaction.dispute_evidence;
DROP TABLE transaction.disputes;
