-- What owners want to be reminded of (NOTE-42). A rule over all courts names none.
CREATE TABLE reminder_rules (
    id                     uuid PRIMARY KEY,
    owner_id               uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    trigger_type           text NOT NULL,
    days_before_event      integer NOT NULL,
    hours_before_threshold integer NOT NULL,
    all_courts             boolean NOT NULL,
    channels               text[] NOT NULL,
    active                 boolean NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    CONSTRAINT reminder_rules_trigger_known CHECK (trigger_type IN
        ('UNPAID_BOOKING', 'PAYMENT_HELD_NOT_CAPTURED', 'PENDING_CONFIRMATION', 'NO_CONTACT_MANUAL', 'LOW_OCCUPANCY')),
    CONSTRAINT reminder_rules_days_range CHECK (days_before_event BETWEEN 1 AND 30),
    CONSTRAINT reminder_rules_hours_range CHECK (hours_before_threshold BETWEEN 1 AND 72),
    CONSTRAINT reminder_rules_channels_known
        CHECK (cardinality(channels) > 0 AND channels <@ ARRAY ['PUSH', 'EMAIL', 'IN_APP'])
);
CREATE INDEX reminder_rules_by_owner ON reminder_rules (owner_id, created_at, id);

CREATE TABLE reminder_rule_courts (
    rule_id  uuid NOT NULL REFERENCES reminder_rules (id) ON DELETE CASCADE,
    court_id uuid NOT NULL REFERENCES courts (id),
    PRIMARY KEY (rule_id, court_id)
);

-- Who evaluates the rules reads those in force. No court ids mean all courts of the owner.
CREATE VIEW v_reminder_rules AS
SELECT rule.id AS rule_id, rule.owner_id, rule.trigger_type, rule.days_before_event, rule.hours_before_threshold,
       CASE WHEN NOT rule.all_courts THEN
           ARRAY(SELECT named.court_id FROM reminder_rule_courts named WHERE named.rule_id = rule.id) END AS court_ids,
       rule.channels
FROM reminder_rules rule
JOIN users owner ON owner.id = rule.owner_id
WHERE rule.active AND owner.status = 'ACTIVE' AND owner.role = 'COURT_OWNER';

GRANT SELECT ON v_reminder_rules TO courtside_transaction;
