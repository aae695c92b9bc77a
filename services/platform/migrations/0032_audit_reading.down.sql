DROP INDEX audit_log_by_owner_time;
DROP INDEX audit_log_entry;
ALTER TABLE audit_log DROP COLUMN entry_id, DROP COLUMN metadata;
