-- The best that was foretold for an outdoor booking so far, so that a turn for the worse is noticed and told once
-- (FIND-46). The booking itself belongs to the transaction service; a row is forgotten when its time has come.
CREATE TABLE booking_weather (
    booking_id       uuid PRIMARY KEY,
    starts_at        timestamptz NOT NULL,
    recommendation   text NOT NULL,
    rain_probability smallint NOT NULL,
    seen_at          timestamptz NOT NULL,
    told_at          timestamptz,
    CONSTRAINT booking_weather_recommendation_known
        CHECK (recommendation IN ('INDOOR_RECOMMENDED', 'OUTDOOR_RECOMMENDED', 'NEUTRAL')),
    CONSTRAINT booking_weather_rain_range CHECK (rain_probability BETWEEN 0 AND 100)
);
CREATE INDEX booking_weather_by_start ON booking_weather (starts_at);
