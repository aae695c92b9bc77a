-- How accounts of staff begin, how accounts are suspended and end, what people may fetch of their data, and when the key
-- that signs tokens was changed.

ALTER TABLE users
    ADD COLUMN suspension_reason text,
    ADD COLUMN deleted_at        timestamptz,
    ADD COLUMN anonymised_at     timestamptz,
    ADD CONSTRAINT users_reason_of_suspended CHECK (suspension_reason IS NULL OR status = 'SUSPENDED'),
    ADD CONSTRAINT users_anonymised_after_deletion CHECK (anonymised_at IS NULL OR status = 'DELETED');
CREATE INDEX users_to_anonymise ON users (deleted_at) WHERE status = 'DELETED' AND anonymised_at IS NULL;
CREATE INDEX users_by_age ON users (created_at DESC, id DESC);

CREATE TABLE staff_invitations (
    token_hash  bytea PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users (id),
    invited_by  uuid NOT NULL REFERENCES users (id),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    CONSTRAINT staff_invitations_hash_is_sha256 CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX staff_invitations_by_user ON staff_invitations (user_id);

CREATE TABLE data_exports (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    status       text NOT NULL DEFAULT 'PENDING',
    requested_at timestamptz NOT NULL,
    ready_at     timestamptz,
    expires_at   timestamptz,
    object_key   text,
    size_bytes   bigint,
    CONSTRAINT data_exports_status_known CHECK (status IN ('PENDING', 'READY', 'FAILED', 'EXPIRED')),
    CONSTRAINT data_exports_ready_has_file CHECK
        ((status = 'READY') = (object_key IS NOT NULL AND ready_at IS NOT NULL AND expires_at IS NOT NULL
                               AND size_bytes IS NOT NULL))
);
CREATE INDEX data_exports_by_user ON data_exports (user_id, requested_at DESC);
CREATE INDEX data_exports_by_expiry ON data_exports (expires_at) WHERE status = 'READY';

CREATE TABLE signing_key_changes (
    id         uuid PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    -- When the key before stopped being published; null while it still proves tokens.
    retired_at timestamptz
);
CREATE INDEX signing_key_changes_by_age ON signing_key_changes (changed_at DESC);
