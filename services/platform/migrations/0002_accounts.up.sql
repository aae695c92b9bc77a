-- Accounts: people, the provider identities they sign in with, their devices and refresh tokens.

CREATE TABLE platform.users (
    id                        uuid PRIMARY KEY,
    email                     text NOT NULL,
    name                      text NOT NULL,
    phone                     text,
    role                      text NOT NULL,
    status                    text NOT NULL DEFAULT 'ACTIVE',
    language                  text NOT NULL DEFAULT 'en',
    terms_accepted_at         timestamptz NOT NULL,
    -- Court owners: sub-states that narrow what the role may do.
    verified                  boolean NOT NULL DEFAULT false,
    subscription_status       text NOT NULL DEFAULT 'NONE',
    trial_ends_at             timestamptz,
    -- Court owners: payouts. `stripe_event_at` is the vendor's time of the newest report, so that late ones are dropped.
    stripe_account_id         text,
    stripe_status             text NOT NULL DEFAULT 'NOT_STARTED',
    stripe_requires_action    boolean NOT NULL DEFAULT false,
    stripe_restriction_reason text,
    stripe_payout_schedule    text,
    stripe_event_at           timestamptz,
    stripe_last_webhook_at    timestamptz,
    stripe_status_changed_at  timestamptz,
    -- Court owners: what a receipt shows.
    vat_registered            boolean NOT NULL DEFAULT false,
    vat_number                text,
    created_at                timestamptz NOT NULL,
    updated_at                timestamptz NOT NULL,
    version                   bigint NOT NULL DEFAULT 1,
    CONSTRAINT users_email_trimmed CHECK (email = btrim(email) AND email <> ''),
    CONSTRAINT users_role_known CHECK (role IN ('CUSTOMER', 'COURT_OWNER', 'SUPPORT_AGENT', 'PLATFORM_ADMIN')),
    CONSTRAINT users_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED', 'DELETED')),
    CONSTRAINT users_language_known CHECK (language IN ('el', 'en')),
    CONSTRAINT users_subscription_known CHECK (subscription_status IN ('TRIAL', 'ACTIVE', 'EXPIRED', 'NONE')),
    CONSTRAINT users_trial_has_end CHECK (subscription_status <> 'TRIAL' OR trial_ends_at IS NOT NULL),
    CONSTRAINT users_stripe_status_known
        CHECK (stripe_status IN ('NOT_STARTED', 'PENDING', 'ACTIVE', 'RESTRICTED', 'DISABLED')),
    CONSTRAINT users_stripe_account_present CHECK (stripe_status = 'NOT_STARTED' OR stripe_account_id IS NOT NULL),
    CONSTRAINT users_payout_schedule_known
        CHECK (stripe_payout_schedule IN ('DAILY', 'WEEKLY', 'MONTHLY')),
    CONSTRAINT users_stripe_account_unique UNIQUE (stripe_account_id)
);

-- One living account per address; a deleted one does not keep its address from others.
CREATE UNIQUE INDEX users_email_unique ON platform.users (lower(email)) WHERE status <> 'DELETED';

CREATE TABLE platform.user_identities (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES platform.users (id),
    provider   text NOT NULL,
    subject    text NOT NULL,
    email      text NOT NULL,
    linked_at  timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT user_identities_provider_known CHECK (provider IN ('GOOGLE', 'FACEBOOK', 'APPLE')),
    CONSTRAINT user_identities_subject_unique UNIQUE (provider, subject),
    CONSTRAINT user_identities_one_per_provider UNIQUE (user_id, provider)
);

-- A session is one chain of rotated refresh tokens on one device.
CREATE TABLE platform.sessions (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES platform.users (id),
    device_id    text NOT NULL,
    device_info  text,
    ip           text,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at     timestamptz,
    end_reason   text,
    CONSTRAINT sessions_end_reason_known CHECK (end_reason IN
        ('LOGGED_OUT', 'REPLACED', 'DEVICE_LIMIT', 'REVOKED', 'REPLAYED', 'ACCOUNT_CLOSED')),
    CONSTRAINT sessions_end_explained CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

-- One live session per device: a new sign-in on the same device takes the old one's place.
CREATE UNIQUE INDEX sessions_live_device_unique ON platform.sessions (user_id, device_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_live_by_user ON platform.sessions (user_id, created_at) WHERE ended_at IS NULL;

CREATE TABLE platform.refresh_tokens (
    id          uuid PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES platform.sessions (id),
    user_id     uuid NOT NULL REFERENCES platform.users (id),
    token_hash  bytea NOT NULL,
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    rotated_at  timestamptz,
    replaced_by uuid,
    revoked_at  timestamptz,
    CONSTRAINT refresh_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT refresh_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT refresh_tokens_rotation_named CHECK ((rotated_at IS NULL) = (replaced_by IS NULL))
);

-- At most one usable token per session, whatever the code above believes.
CREATE UNIQUE INDEX refresh_tokens_one_live_per_session ON platform.refresh_tokens (session_id)
    WHERE rotated_at IS NULL AND revoked_at IS NULL;
CREATE INDEX refresh_tokens_live_by_user ON platform.refresh_tokens (user_id)
    WHERE rotated_at IS NULL AND revoked_at IS NULL;
CREATE INDEX refresh_tokens_by_expiry ON platform.refresh_tokens (expires_at);

CREATE TABLE platform.user_skill_levels (
    user_id     uuid NOT NULL REFERENCES platform.users (id),
    court_type  text NOT NULL,
    skill_level smallint NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, court_type),
    CONSTRAINT user_skill_levels_court_type_known
        CHECK (court_type IN ('TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5')),
    CONSTRAINT user_skill_levels_range CHECK (skill_level BETWEEN 1 AND 7)
);

-- Every Connect webhook that took effect: the vendor repeats them.
CREATE TABLE platform.stripe_connect_events (
    event_id    text PRIMARY KEY,
    event_type  text NOT NULL,
    received_at timestamptz NOT NULL
);

-- What the other service may read of people.
CREATE VIEW platform.v_user_basic AS
    SELECT id AS user_id, role, status, name, email, phone, language
    FROM platform.users;

CREATE VIEW platform.v_user_skill_level AS
    SELECT user_id, court_type, skill_level
    FROM platform.user_skill_levels;

GRANT SELECT ON platform.v_user_basic, platform.v_user_skill_level TO courtside_transaction;
