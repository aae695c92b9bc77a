DROP TABLE sign_in_challenges;
DROP TABLE user_recovery_codes;
DROP TABLE user_totp;
DROP TABLE auth_locks;
DROP TABLE failed_auth_attempts;
DROP INDEX sessions_by_user;
ALTER TABLE sessions DROP COLUMN country;
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_known;
UPDATE sessions SET end_reason = 'REVOKED' WHERE end_reason IN ('IDLE', 'ROLE_CHANGED');
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN
    ('LOGGED_OUT', 'REPLACED', 'DEVICE_LIMIT', 'REVOKED', 'REPLAYED', 'ACCOUNT_CLOSED'));
