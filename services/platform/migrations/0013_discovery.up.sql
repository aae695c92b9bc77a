-- What personalises a search: favourites come first (FIND-10), a saved distance is the default radius (FIND-14).
CREATE TABLE favorite_courts (
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    court_id   uuid NOT NULL REFERENCES courts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, court_id)
);

CREATE TABLE search_preferences (
    user_id                uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    max_search_distance_km double precision NOT NULL,
    CONSTRAINT search_preferences_distance_range CHECK (max_search_distance_km BETWEEN 0.1 AND 500)
);
