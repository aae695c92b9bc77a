ALTER TABLE court_overrides
    DROP CONSTRAINT court_overrides_manual_has_no_template,
    DROP CONSTRAINT court_overrides_template;
DROP INDEX court_overrides_by_template;
UPDATE court_overrides SET holiday_template_id = NULL;
DROP TABLE holiday_reminders;
DROP TABLE court_holidays;
DROP TABLE holiday_templates;
