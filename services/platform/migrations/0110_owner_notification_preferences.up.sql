-- Which messages an owner wants, and when (NOTE-25). Who has no row, of a kind of event or at all, has every channel, no
-- quiet hours and no digest.
CREATE TABLE owner_notification_channels (
    owner_id   uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    event_type text NOT NULL,
    email      boolean NOT NULL,
    push       boolean NOT NULL,
    in_app     boolean NOT NULL,
    PRIMARY KEY (owner_id, event_type),
    CONSTRAINT owner_notification_channels_event_known CHECK (event_type IN
        ('NEW_BOOKING', 'CANCELLATION', 'PENDING_CONFIRMATION', 'PAYMENT_RECEIVED', 'PAYOUT_COMPLETED',
         'PAYMENT_DISPUTE', 'REMINDER_ALERT', 'SUBSCRIPTION_BILLING')),
    -- NOTE-28: what cannot wait is at least seen in the portal.
    CONSTRAINT owner_notification_channels_critical_heard CHECK
        (email OR push OR in_app OR event_type NOT IN
            ('NEW_BOOKING', 'CANCELLATION', 'PENDING_CONFIRMATION', 'PAYMENT_DISPUTE'))
);

CREATE TABLE owner_notification_settings (
    owner_id               uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    do_not_disturb_enabled boolean NOT NULL DEFAULT false,
    -- May cross midnight (NOTE-29).
    do_not_disturb_start   time,
    do_not_disturb_end     time,
    email_digest_enabled   boolean NOT NULL DEFAULT false,
    CONSTRAINT owner_notification_settings_quiet_hours_paired
        CHECK ((do_not_disturb_start IS NULL) = (do_not_disturb_end IS NULL)),
    CONSTRAINT owner_notification_settings_quiet_hours_last CHECK (do_not_disturb_start <> do_not_disturb_end),
    CONSTRAINT owner_notification_settings_quiet_hours_known
        CHECK (NOT do_not_disturb_enabled OR do_not_disturb_start IS NOT NULL)
);

-- Who delivers messages reads one complete row per owner. The clock is that of the oldest court, as for holidays (HOL-44).
CREATE VIEW v_owner_notification_preferences AS
SELECT owner.id AS owner_id,
       (SELECT jsonb_agg(
                   jsonb_build_object(
                       'eventType', known.event_type,
                       'channels', jsonb_build_object(
                           'email', coalesce(chosen.email, true),
                           'push', coalesce(chosen.push, true),
                           'inApp', coalesce(chosen.in_app, true)))
                   ORDER BY known.place)
        FROM unnest(ARRAY ['NEW_BOOKING', 'CANCELLATION', 'PENDING_CONFIRMATION', 'PAYMENT_RECEIVED',
                           'PAYOUT_COMPLETED', 'PAYMENT_DISPUTE', 'REMINDER_ALERT', 'SUBSCRIPTION_BILLING'])
             WITH ORDINALITY AS known (event_type, place)
        LEFT JOIN owner_notification_channels chosen
            ON chosen.owner_id = owner.id AND chosen.event_type = known.event_type) AS preferences,
       coalesce(settings.do_not_disturb_enabled, false) AS do_not_disturb_enabled,
       settings.do_not_disturb_start,
       settings.do_not_disturb_end,
       coalesce(settings.email_digest_enabled, false) AS email_digest_enabled,
       coalesce((SELECT court.timezone FROM courts court
                 WHERE court.owner_id = owner.id AND court.deleted_at IS NULL
                 ORDER BY court.created_at, court.id LIMIT 1), 'Europe/Athens') AS timezone
FROM users owner
LEFT JOIN owner_notification_settings settings ON settings.owner_id = owner.id
WHERE owner.role = 'COURT_OWNER';

GRANT SELECT ON v_owner_notification_preferences TO courtside_transaction;
