-- Holiday templates, which courts follow them, and who has been reminded of them (HOL).

-- A template is a national holiday (no owner) or one of an owner's own (HOL-13). It says when it is and how long; the
-- dates of a year are computed from it.
CREATE TABLE holiday_templates (
    id           uuid PRIMARY KEY,
    owner_id     uuid REFERENCES users (id),
    is_national  boolean NOT NULL,
    name_el      text NOT NULL,
    name_en      text,
    -- FIXED:MM-DD, EASTER_OFFSET:N or DATE:YYYY-MM-DD (HOL-04).
    date_pattern text NOT NULL,
    -- The first day as the owner entered it, kept for editing; national ones have none.
    first_date   date,
    -- A range of several days repeats as a range (HOL-10).
    day_count    integer NOT NULL DEFAULT 1,
    -- Both null: whole days (HOL-09).
    start_time   time,
    end_time     time,
    is_active    boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT holiday_templates_national_has_no_owner CHECK (is_national = (owner_id IS NULL)),
    CONSTRAINT holiday_templates_custom_has_first_date CHECK (is_national = (first_date IS NULL)),
    CONSTRAINT holiday_templates_pattern_known CHECK (
        date_pattern ~ '^(FIXED:\d{2}-\d{2}|EASTER_OFFSET:(0|-?[1-9]\d{0,2})|DATE:\d{4}-\d{2}-\d{2})$'),
    CONSTRAINT holiday_templates_day_count_range CHECK (day_count BETWEEN 1 AND 31),
    CONSTRAINT holiday_templates_times_paired CHECK ((start_time IS NULL) = (end_time IS NULL)),
    CONSTRAINT holiday_templates_end_after_start CHECK (end_time > start_time),
    CONSTRAINT holiday_templates_name_bounded CHECK (char_length(name_el) BETWEEN 1 AND 255 AND char_length(name_en) <= 255),
    -- HOL-12: one name per owner; the national ones are one such family, which makes seeding them repeatable (HOL-06).
    CONSTRAINT holiday_templates_name_per_owner UNIQUE NULLS NOT DISTINCT (owner_id, name_el)
);

-- HOL-18: blocks outlive their template and forget it. Those made by hand never have one (HOL-43).
ALTER TABLE court_overrides
    ADD CONSTRAINT court_overrides_template FOREIGN KEY (holiday_template_id)
        REFERENCES holiday_templates (id) ON DELETE SET NULL,
    ADD CONSTRAINT court_overrides_manual_has_no_template CHECK (source <> 'MANUAL' OR holiday_template_id IS NULL);
CREATE INDEX court_overrides_by_template ON court_overrides (holiday_template_id, court_id, date)
    WHERE holiday_template_id IS NOT NULL;

-- A court that follows a holiday (HOL-28). The years say which it has been given its dates of already: a date that the
-- owner then removed or edited by hand must not come back by itself (HOL-43).
CREATE TABLE court_holidays (
    court_id        uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    holiday_id      uuid NOT NULL REFERENCES holiday_templates (id) ON DELETE CASCADE,
    auto_renew      boolean NOT NULL,
    covered_years   integer[] NOT NULL,
    -- Court-local year in which it was last seen to, at its beginning or by the yearly job (HOL-38).
    renewed_in_year integer NOT NULL,
    created_at      timestamptz NOT NULL,
    CONSTRAINT court_holidays_once PRIMARY KEY (court_id, holiday_id)
);
CREATE INDEX court_holidays_by_holiday ON court_holidays (holiday_id);
CREATE INDEX court_holidays_to_renew ON court_holidays (renewed_in_year) WHERE auto_renew;

-- HOL-44: one reminder per owner, holiday and year.
CREATE TABLE holiday_reminders (
    owner_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    occasion text NOT NULL,
    year     integer NOT NULL,
    sent_at  timestamptz NOT NULL,
    CONSTRAINT holiday_reminders_once PRIMARY KEY (owner_id, occasion, year),
    CONSTRAINT holiday_reminders_occasion_known CHECK (occasion IN ('CHRISTMAS', 'EASTER', 'ASSUMPTION'))
);

-- HOL-01, HOL-02, HOL-06: the national holidays of Greece. Repeating this adds nothing.
INSERT INTO holiday_templates (id, owner_id, is_national, name_el, name_en, date_pattern, created_at, updated_at)
SELECT id::uuid, NULL, true, name_el, name_en, date_pattern, timestamptz '2026-01-01 00:00:00Z', timestamptz '2026-01-01 00:00:00Z'
FROM (VALUES
    ('019b76da-a800-7000-8000-000000000001', 'Πρωτοχρονιά', 'New Year''s Day', 'FIXED:01-01'),
    ('019b76da-a800-7000-8000-000000000002', 'Θεοφάνεια', 'Epiphany', 'FIXED:01-06'),
    ('019b76da-a800-7000-8000-000000000003', 'Καθαρά Δευτέρα', 'Clean Monday', 'EASTER_OFFSET:-48'),
    ('019b76da-a800-7000-8000-000000000004', 'Ευαγγελισμός και Εθνική Εορτή της 25ης Μαρτίου', 'Independence Day', 'FIXED:03-25'),
    ('019b76da-a800-7000-8000-000000000005', 'Μεγάλη Παρασκευή', 'Orthodox Good Friday', 'EASTER_OFFSET:-2'),
    ('019b76da-a800-7000-8000-000000000006', 'Κυριακή του Πάσχα', 'Orthodox Easter Sunday', 'EASTER_OFFSET:0'),
    ('019b76da-a800-7000-8000-000000000007', 'Δευτέρα του Πάσχα', 'Orthodox Easter Monday', 'EASTER_OFFSET:1'),
    ('019b76da-a800-7000-8000-000000000008', 'Εργατική Πρωτομαγιά', 'Labour Day', 'FIXED:05-01'),
    ('019b76da-a800-7000-8000-000000000009', 'Αγίου Πνεύματος', 'Whit Monday', 'EASTER_OFFSET:50'),
    ('019b76da-a800-7000-8000-00000000000a', 'Κοίμηση της Θεοτόκου', 'Assumption of Mary', 'FIXED:08-15'),
    ('019b76da-a800-7000-8000-00000000000b', 'Επέτειος του Όχι', 'Ochi Day', 'FIXED:10-28'),
    ('019b76da-a800-7000-8000-00000000000c', 'Χριστούγεννα', 'Christmas Day', 'FIXED:12-25'),
    ('019b76da-a800-7000-8000-00000000000d', 'Σύναξη της Θεοτόκου', 'Second Day of Christmas', 'FIXED:12-26')
) AS national (id, name_el, name_en, date_pattern)
ON CONFLICT DO NOTHING;
