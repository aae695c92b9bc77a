-- A list of favourites is read newest first; an event about a court asks who likes it (FIND-36).
CREATE INDEX favorite_courts_newest ON favorite_courts (user_id, created_at DESC, court_id);
CREATE INDEX favorite_courts_by_court ON favorite_courts (court_id);

-- FIND-36: at most one message per person, court and day. Old rows are removed by a job.
CREATE TABLE favorite_alerts (
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    court_id   uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    day        date NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT favorite_alerts_once_a_day PRIMARY KEY (user_id, court_id, day)
);
CREATE INDEX favorite_alerts_by_age ON favorite_alerts (day);
