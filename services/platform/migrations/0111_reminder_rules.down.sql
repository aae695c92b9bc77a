DROP VIEW v_reminder_rules;
DROP TABLE reminder_rule_courts;
DROP TABLE reminder_rules;
