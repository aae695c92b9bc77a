-- Sign-ins that fail or wait: what went wrong and where from (SEC-03), locks (SEC-01), second factors (AUTH-32), and
-- sign-ins that need another proof before they give tokens (AUTH-34, SEC-05).

ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_known;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN
    ('LOGGED_OUT', 'REPLACED', 'DEVICE_LIMIT', 'REVOKED', 'REPLAYED', 'ACCOUNT_CLOSED', 'IDLE', 'ROLE_CHANGED'));
-- Where the address was at the sign-in, as the ingress says; null where it says nothing.
ALTER TABLE sessions ADD COLUMN country text CONSTRAINT sessions_country_is_code CHECK (country ~ '^[A-Z]{2}$');
-- Whether a device, an address or a country is known asks sessions that are over as well.
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE failed_auth_attempts (
    id                uuid PRIMARY KEY,
    ip                text NOT NULL,
    user_id           uuid REFERENCES users (id),
    provider          text,
    reason            text NOT NULL,
    attempted_at      timestamptz NOT NULL,
    -- A success, or a lock, ends the row of failures that counts; the record stays for review.
    counts_for_ip     boolean NOT NULL,
    counts_for_user   boolean NOT NULL,
    CONSTRAINT failed_auth_attempts_provider_known CHECK (provider IN ('GOOGLE', 'FACEBOOK', 'APPLE')),
    CONSTRAINT failed_auth_attempts_reason_known
        CHECK (reason IN ('PROVIDER_TOKEN', 'SECOND_FACTOR', 'MAILED_CODE', 'LOCKED'))
);
CREATE INDEX failed_auth_attempts_by_ip ON failed_auth_attempts (ip, attempted_at);
CREATE INDEX failed_auth_attempts_by_user ON failed_auth_attempts (user_id, attempted_at) WHERE user_id IS NOT NULL;
CREATE INDEX failed_auth_attempts_by_age ON failed_auth_attempts (attempted_at);

CREATE TABLE auth_locks (
    id           uuid PRIMARY KEY,
    -- Locks that came of the same failures are lifted together.
    incident     uuid NOT NULL,
    ip           text,
    user_id      uuid REFERENCES users (id),
    locked_at    timestamptz NOT NULL,
    locked_until timestamptz NOT NULL,
    released_at  timestamptz,
    -- SHA-256 of what the link in the mail carries.
    unlock_hash  bytea,
    CONSTRAINT auth_locks_of_one CHECK ((ip IS NULL) <> (user_id IS NULL)),
    CONSTRAINT auth_locks_hash_is_sha256 CHECK (octet_length(unlock_hash) = 32),
    CONSTRAINT auth_locks_hash_unique UNIQUE (unlock_hash)
);
CREATE INDEX auth_locks_by_ip ON auth_locks (ip, locked_until) WHERE released_at IS NULL AND ip IS NOT NULL;
CREATE INDEX auth_locks_by_user ON auth_locks (user_id, locked_until) WHERE released_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX auth_locks_by_incident ON auth_locks (incident);

CREATE TABLE user_totp (
    user_id       uuid PRIMARY KEY REFERENCES users (id),
    -- AES-256-GCM with a key from the configuration.
    secret_sealed bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    confirmed_at  timestamptz,
    -- The newest 30-second step whose code was accepted: no code counts twice.
    last_step     bigint NOT NULL DEFAULT 0
);

CREATE TABLE user_recovery_codes (
    user_id   uuid NOT NULL REFERENCES user_totp (user_id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash),
    CONSTRAINT user_recovery_codes_hash_is_sha256 CHECK (octet_length(code_hash) = 32)
);

CREATE TABLE sign_in_challenges (
    id_hash          bytea PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users (id),
    kind             text NOT NULL,
    -- Of the code in the mail; codes of the second factor are not stored.
    code_hash        bytea,
    device_id        text NOT NULL,
    device_info      text,
    ip               text,
    country          text,
    replaces_session uuid,
    wrong_tries      integer NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    passed_at        timestamptz,
    CONSTRAINT sign_in_challenges_kind_known CHECK (kind IN ('SECOND_FACTOR', 'MAILED_CODE')),
    CONSTRAINT sign_in_challenges_id_is_sha256 CHECK (octet_length(id_hash) = 32),
    CONSTRAINT sign_in_challenges_mail_has_code CHECK ((kind = 'MAILED_CODE') = (code_hash IS NOT NULL)),
    CONSTRAINT sign_in_challenges_tries_counted CHECK (wrong_tries >= 0)
);
CREATE INDEX sign_in_challenges_by_expiry ON sign_in_challenges (expires_at);
