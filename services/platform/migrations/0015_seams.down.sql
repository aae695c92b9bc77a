DROP TABLE audit_log;
DROP FUNCTION refuse_audit_change();
DROP VIEW v_court_summary;
ALTER TABLE courts DROP COLUMN calendar_version;
CREATE VIEW v_court_summary AS
SELECT court.id AS court_id, court.owner_id AS owner_id, court.name_el AS name_el, court.name_en AS name_en,
       court.court_type AS court_type, court.location_type AS location_type, court.address AS address,
       court.timezone AS timezone, ST_Y(court.location::geometry) AS latitude, ST_X(court.location::geometry) AS longitude,
       court.duration_minutes AS duration_minutes, court.max_capacity AS max_capacity,
       court.base_price_cents AS base_price_cents, court.confirmation_mode AS confirmation_mode,
       court.confirmation_timeout_hours AS confirmation_timeout_hours, court.waitlist_enabled AS waitlist_enabled,
       (court.enabled AND court.owner_may_show) AS visible, owner.verified AS owner_verified,
       owner.stripe_status AS owner_stripe_status, owner.stripe_account_id AS owner_stripe_account_id,
       court.version AS version
FROM courts court
JOIN users owner ON owner.id = court.owner_id
WHERE court.deleted_at IS NULL;
GRANT SELECT ON v_court_summary TO courtside_transaction;
