DROP TRIGGER audit_log_handover ON transaction.audit_log;
DROP FUNCTION transaction.hand_audit_over();
DROP TABLE transaction.audit_handover;
