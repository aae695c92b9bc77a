-- Weekly opening windows and dated blocks. Times are local to the court.
CREATE TABLE court_windows (
    id          uuid PRIMARY KEY,
    court_id    uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    day_of_week text NOT NULL,
    start_time  time NOT NULL,
    end_time    time NOT NULL,
    CONSTRAINT court_windows_day_known CHECK (
        day_of_week IN ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')),
    CONSTRAINT court_windows_end_after_start CHECK (end_time > start_time),
    -- COURT-27: windows of one court and day can never overlap. Minutes of the day stand in for a range of times. The
    -- day is an expression, so that readers of a day's windows are sent to the much cheaper B-tree below.
    CONSTRAINT court_windows_no_overlap EXCLUDE USING gist (
        court_id WITH =,
        (day_of_week || '') WITH =,
        int4range((extract(epoch FROM start_time) / 60)::integer, (extract(epoch FROM end_time) / 60)::integer) WITH &&)
);

CREATE INDEX court_windows_court_day ON court_windows (court_id, day_of_week, start_time);

CREATE TABLE court_overrides (
    id                  uuid PRIMARY KEY,
    court_id            uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    date                date NOT NULL,
    -- Both null: the whole day is blocked (COURT-28).
    start_time          time,
    end_time            time,
    reason              text NOT NULL DEFAULT '',
    source              text NOT NULL DEFAULT 'MANUAL',
    holiday_template_id uuid,
    created_by          uuid NOT NULL,
    created_at          timestamptz NOT NULL,
    CONSTRAINT court_overrides_source_known CHECK (source IN ('MANUAL', 'HOLIDAY_NATIONAL', 'HOLIDAY_CUSTOM')),
    CONSTRAINT court_overrides_times_paired CHECK ((start_time IS NULL) = (end_time IS NULL)),
    CONSTRAINT court_overrides_end_after_start CHECK (end_time > start_time),
    -- COURT-29: manual blocks never overlap each other. Holiday blocks may lie over narrower ones (HOL-29).
    CONSTRAINT court_overrides_no_manual_overlap EXCLUDE USING gist (
        court_id WITH =,
        date WITH =,
        int4range((extract(epoch FROM coalesce(start_time, '00:00')) / 60)::integer,
                  (extract(epoch FROM coalesce(end_time, '24:00')) / 60)::integer) WITH &&)
        WHERE (source = 'MANUAL')
);

-- HOL-27: the same block can never exist twice; nulls count as equal.
CREATE UNIQUE INDEX court_overrides_same_block ON court_overrides (court_id, date, start_time, end_time) NULLS NOT DISTINCT;
