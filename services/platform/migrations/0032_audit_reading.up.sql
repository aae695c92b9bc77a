-- Rows of the audit log have a name of their own that readers see (OWN-36), and may carry what belongs to no state.
ALTER TABLE audit_log
    ADD COLUMN entry_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN metadata jsonb;
CREATE UNIQUE INDEX audit_log_entry ON audit_log (entry_id);
CREATE INDEX audit_log_by_owner_time ON audit_log (owner_id, occurred_at, id) WHERE owner_id IS NOT NULL;
