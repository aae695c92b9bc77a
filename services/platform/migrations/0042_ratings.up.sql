-- What customers say of courts they have played on (COURT-43 to COURT-45).
CREATE TABLE court_ratings (
    id          uuid PRIMARY KEY,
    court_id    uuid NOT NULL REFERENCES courts (id),
    -- A booking of the other service, which is asked before; its rows are not ours to reference.
    booking_id  uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES users (id),
    rating      smallint NOT NULL,
    comment     text,
    created_at  timestamptz NOT NULL,
    CONSTRAINT court_ratings_once_per_booking UNIQUE (booking_id),
    CONSTRAINT court_ratings_range CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT court_ratings_comment_length CHECK (char_length(comment) <= 1000)
);

CREATE INDEX court_ratings_newest ON court_ratings (court_id, created_at DESC, id DESC);

-- The average is kept beside the court; from the sum it can grow by one rating without reading the others.
ALTER TABLE courts ADD COLUMN rating_sum bigint NOT NULL DEFAULT 0;
UPDATE courts SET rating_sum = round(average_rating * total_reviews) WHERE total_reviews > 0;
