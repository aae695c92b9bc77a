-- The calendar of a court changes under an advisory lock (see availability::store::lock_calendar); the number says
-- which calendar a slot was validated against, so that a hold placed later can tell that it moved (HOL-37).
ALTER TABLE courts ADD COLUMN calendar_version bigint NOT NULL DEFAULT 1;

CREATE OR REPLACE VIEW v_court_summary AS
SELECT court.id                        AS court_id,
       court.owner_id                  AS owner_id,
       court.name_el                   AS name_el,
       court.name_en                   AS name_en,
       court.court_type                AS court_type,
       court.location_type             AS location_type,
       court.address                   AS address,
       court.timezone                  AS timezone,
       ST_Y(court.location::geometry)  AS latitude,
       ST_X(court.location::geometry)  AS longitude,
       court.duration_minutes          AS duration_minutes,
       court.max_capacity              AS max_capacity,
       court.base_price_cents          AS base_price_cents,
       court.confirmation_mode         AS confirmation_mode,
       court.confirmation_timeout_hours AS confirmation_timeout_hours,
       court.waitlist_enabled          AS waitlist_enabled,
       (court.enabled AND court.owner_may_show) AS visible,
       owner.verified                  AS owner_verified,
       owner.stripe_status             AS owner_stripe_status,
       owner.stripe_account_id         AS owner_stripe_account_id,
       court.version                   AS version,
       court.calendar_version          AS calendar_version,
       owner.subscription_status       AS owner_subscription_status
FROM courts court
JOIN users owner ON owner.id = court.owner_id
WHERE court.deleted_at IS NULL;

-- Who did what to accounts, courts and templates, with the state before and after. Rows are appended, never touched.
CREATE TABLE audit_log (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id      uuid,
    actor_role    text NOT NULL,
    action        text NOT NULL,
    resource_type text NOT NULL,
    resource_id   uuid NOT NULL,
    -- The owner whose log shows the row; null for what concerns no owner.
    owner_id      uuid,
    state_before  jsonb,
    state_after   jsonb,
    ip            text,
    occurred_at   timestamptz NOT NULL,
    trace_id      text NOT NULL
);
CREATE INDEX audit_log_by_owner ON audit_log (owner_id, id DESC) WHERE owner_id IS NOT NULL;
CREATE INDEX audit_log_by_resource ON audit_log (resource_type, resource_id, id DESC);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
