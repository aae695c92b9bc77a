-- Prices and refund tiers of a court. Multipliers are whole hundredths, so that no binary fraction is ever stored (PRICE-24).
CREATE TABLE pricing_rules (
    id                    uuid PRIMARY KEY,
    court_id              uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    day_of_week           text NOT NULL,
    start_time            time NOT NULL,
    end_time              time NOT NULL,
    multiplier_hundredths integer NOT NULL,
    label                 text,
    CONSTRAINT pricing_rules_day_known CHECK (
        day_of_week IN ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')),
    CONSTRAINT pricing_rules_end_after_start CHECK (end_time > start_time),
    CONSTRAINT pricing_rules_multiplier_range CHECK (multiplier_hundredths BETWEEN 10 AND 500),
    CONSTRAINT pricing_rules_label_length CHECK (char_length(label) <= 50),
    -- PRICE-05: at most one rule answers for a start time. The day is an expression for the same reason as in
    -- court_windows: readers shall use the B-tree below.
    CONSTRAINT pricing_rules_no_overlap EXCLUDE USING gist (
        court_id WITH =,
        (day_of_week || '') WITH =,
        int4range((extract(epoch FROM start_time) / 60)::integer, (extract(epoch FROM end_time) / 60)::integer) WITH &&)
);

CREATE INDEX pricing_rules_court_day ON pricing_rules (court_id, day_of_week, start_time);

CREATE TABLE pricing_special_dates (
    court_id              uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    date                  date NOT NULL,
    multiplier_hundredths integer NOT NULL,
    label                 text,
    CONSTRAINT pricing_special_dates_one_per_date PRIMARY KEY (court_id, date),
    CONSTRAINT pricing_special_dates_multiplier_range CHECK (multiplier_hundredths BETWEEN 10 AND 500),
    CONSTRAINT pricing_special_dates_label_length CHECK (char_length(label) <= 100)
);

CREATE TABLE cancellation_tiers (
    court_id        uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    threshold_hours integer NOT NULL,
    refund_percent  integer NOT NULL,
    CONSTRAINT cancellation_tiers_one_per_threshold PRIMARY KEY (court_id, threshold_hours),
    CONSTRAINT cancellation_tiers_threshold_range CHECK (threshold_hours BETWEEN 0 AND 8760),
    CONSTRAINT cancellation_tiers_percent_range CHECK (refund_percent BETWEEN 0 AND 100)
);
