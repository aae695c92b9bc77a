-- OWN-45: what owners do here belongs in the log that platform keeps for them. Each such row waits here until platform has
-- stored it; the id it goes by there is given once, so that handing it over twice stores it once.
CREATE TABLE transaction.audit_handover (
    audit_id bigint PRIMARY KEY REFERENCES transaction.audit_log (id),
    entry_id uuid NOT NULL DEFAULT gen_random_uuid()
);

-- In the transaction of the row, wherever it is written: none can be forgotten.
CREATE FUNCTION transaction.hand_audit_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO transaction.audit_handover (audit_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_log_handover AFTER INSERT ON transaction.audit_log
    FOR EACH ROW
    WHEN (NEW.actor_role = 'COURT_OWNER' AND NEW.actor_id IS NOT NULL
          AND (NEW.booking_id IS NOT NULL OR NEW.payment_id IS NOT NULL))
    EXECUTE FUNCTION transaction.hand_audit_over();

INSERT INTO transaction.audit_handover (audit_id)
SELECT id FROM transaction.audit_log
WHERE actor_role = 'COURT_OWNER' AND actor_id IS NOT NULL AND (booking_id IS NOT NULL OR payment_id IS NOT NULL);
