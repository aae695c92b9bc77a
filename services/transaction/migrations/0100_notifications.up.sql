-- Messages to people: what was asked for, how each way of reaching them went, and where they can be reached.

-- One row per request (NOTE-03). Texts hold placeholders instead of names (NOTE-01).
CREATE TABLE transaction.notifications (
    id                uuid PRIMARY KEY,
    event_id          uuid NOT NULL,
    user_id           uuid NOT NULL,
    -- A text and no closed list: a type this build does not know is shown as well (NOTE-17).
    notification_type text NOT NULL,
    urgency           text NOT NULL,
    title_el          text NOT NULL,
    title_en          text NOT NULL,
    body_el           text NOT NULL,
    body_en           text NOT NULL,
    data              jsonb NOT NULL DEFAULT '{}',
    -- Of `data`, to know who is meant and whether it still matters.
    booking_id        uuid,
    -- Ways that the cause wished for; none leaves it to the person (NOTE-07).
    wished            text[],
    -- Where the cause stands in its trace, so that a message is found by the request that led to it.
    trace_id          text NOT NULL,
    traceparent       text,
    requested_at      timestamptz NOT NULL,
    read_at           timestamptz,
    created_at        timestamptz NOT NULL,
    CONSTRAINT notifications_event_unique UNIQUE (event_id),
    CONSTRAINT notifications_urgency_known CHECK (urgency IN ('CRITICAL', 'STANDARD', 'PROMOTIONAL'))
);
CREATE INDEX notifications_of_user ON transaction.notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_age ON transaction.notifications (created_at);

-- One row per request and way. Which of them are used is decided when they are due, never before (NOTE-32).
CREATE TABLE transaction.notification_deliveries (
    id                uuid PRIMARY KEY,
    -- The order in which one person hears by one way.
    seq               bigint GENERATED ALWAYS AS IDENTITY,
    notification_id   uuid NOT NULL REFERENCES transaction.notifications (id) ON DELETE CASCADE,
    user_id           uuid NOT NULL,
    channel           text NOT NULL,
    status            text NOT NULL DEFAULT 'PENDING',
    due_at            timestamptz NOT NULL,
    -- Attempts whose failure counts (NOTE-09).
    tries             integer NOT NULL DEFAULT 0,
    -- Who is at it, and until when nobody else may be.
    claim             uuid,
    claimed_until     timestamptz,
    -- It was put off by quiet hours or a digest, so it may have become pointless (NOTE-30).
    waited            boolean NOT NULL DEFAULT false,
    -- Until when an open app may still answer for it (NOTE-05).
    socket_until      timestamptz,
    -- Devices that have it already: a retry is for the others.
    reached           uuid[] NOT NULL DEFAULT '{}',
    -- What was sent, in which language (NOTE-10).
    language          text,
    title             text,
    body              text,
    failure_reason    text,
    sent_at           timestamptz,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT notification_deliveries_once UNIQUE (notification_id, channel),
    CONSTRAINT notification_deliveries_channel_known CHECK (channel IN ('PUSH', 'WEB_PUSH', 'IN_APP', 'EMAIL')),
    CONSTRAINT notification_deliveries_status_known CHECK
        (status IN ('PENDING', 'SENT', 'DELIVERED', 'FAILED', 'READ', 'DROPPED')),
    CONSTRAINT notification_deliveries_language_known CHECK (language IN ('el', 'en')),
    CONSTRAINT notification_deliveries_claim_ends CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    CONSTRAINT notification_deliveries_reason CHECK
        ((status IN ('FAILED', 'DROPPED')) = (failure_reason IS NOT NULL))
);
CREATE INDEX notification_deliveries_due ON transaction.notification_deliveries (channel, due_at)
    WHERE status = 'PENDING';
CREATE INDEX notification_deliveries_in_order ON transaction.notification_deliveries (user_id, channel, seq)
    WHERE status = 'PENDING';

-- Phones and browsers (NOTE-33 to NOTE-39). What addresses them is encrypted; the hash finds it again.
CREATE TABLE transaction.notification_devices (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    platform     text NOT NULL,
    device_id    text,
    -- Of what addresses it: a token of Firebase, or a subscription's address.
    token_hash   bytea NOT NULL,
    -- Of the token as the app named it, which takes it away again; the same for Firebase.
    given_hash   bytea NOT NULL,
    sealed_token bytea NOT NULL,
    -- The keys of a browser's subscription, encrypted too; none for tokens of Firebase.
    sealed_keys  bytea,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT notification_devices_token_unique UNIQUE (token_hash),
    CONSTRAINT notification_devices_device_unique UNIQUE (user_id, device_id),
    CONSTRAINT notification_devices_platform_known CHECK (platform IN ('IOS', 'ANDROID', 'WEB_PUSH'))
);
CREATE INDEX notification_devices_of_user ON transaction.notification_devices (user_id);

-- Who has an app open, and in which process its connection ends (NOTE-04). A process that dies stops renewing.
CREATE TABLE transaction.notification_listeners (
    user_id    uuid NOT NULL,
    process_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, process_id)
);
CREATE INDEX notification_listeners_of_process ON transaction.notification_listeners (process_id);
