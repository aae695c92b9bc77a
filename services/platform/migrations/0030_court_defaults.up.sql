-- What an owner wants new courts to begin with (COURT-12, COURT-13). An absent value leaves it to the sport.
CREATE TABLE court_defaults (
    owner_id                   uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    duration_minutes           integer,
    max_capacity               integer,
    confirmation_mode          text,
    confirmation_timeout_hours integer,
    updated_at                 timestamptz NOT NULL,
    CONSTRAINT court_defaults_duration_range CHECK (duration_minutes BETWEEN 15 AND 720),
    CONSTRAINT court_defaults_capacity_range CHECK (max_capacity BETWEEN 1 AND 200),
    CONSTRAINT court_defaults_confirmation_mode_known CHECK (confirmation_mode IN ('INSTANT', 'MANUAL')),
    CONSTRAINT court_defaults_confirmation_timeout_range CHECK (confirmation_timeout_hours BETWEEN 1 AND 144)
);

CREATE TABLE court_default_tiers (
    owner_id        uuid NOT NULL REFERENCES court_defaults (owner_id) ON DELETE CASCADE,
    threshold_hours integer NOT NULL,
    refund_percent  integer NOT NULL,
    CONSTRAINT court_default_tiers_one_per_threshold PRIMARY KEY (owner_id, threshold_hours),
    CONSTRAINT court_default_tiers_threshold_range CHECK (threshold_hours BETWEEN 0 AND 8760),
    CONSTRAINT court_default_tiers_percent_range CHECK (refund_percent BETWEEN 0 AND 100)
);

CREATE TABLE court_default_windows (
    id          uuid PRIMARY KEY,
    owner_id    uuid NOT NULL REFERENCES court_defaults (owner_id) ON DELETE CASCADE,
    day_of_week text NOT NULL,
    start_time  time NOT NULL,
    end_time    time NOT NULL,
    CONSTRAINT court_default_windows_day_known CHECK (
        day_of_week IN ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')),
    CONSTRAINT court_default_windows_end_after_start CHECK (end_time > start_time),
    CONSTRAINT court_default_windows_no_overlap EXCLUDE USING gist (
        owner_id WITH =,
        day_of_week WITH =,
        int4range((extract(epoch FROM start_time) / 60)::integer, (extract(epoch FROM end_time) / 60)::integer) WITH &&)
);
