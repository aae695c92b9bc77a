-- Courts: one row is one bookable field of one owner (COURT-01..11).
-- Texts exist in Greek and English; Greek is the one that is always there.
CREATE TABLE courts (
    id                         uuid PRIMARY KEY,
    owner_id                   uuid NOT NULL REFERENCES users (id),
    name_el                    text NOT NULL,
    name_en                    text,
    description_el             text,
    description_en             text,
    court_type                 text NOT NULL,
    location_type              text NOT NULL,
    address                    text NOT NULL,
    location                   geography(Point, 4326) NOT NULL,
    timezone                   text NOT NULL DEFAULT 'Europe/Athens',
    duration_minutes           integer NOT NULL,
    max_capacity               integer NOT NULL,
    base_price_cents           bigint NOT NULL,
    confirmation_mode          text NOT NULL DEFAULT 'INSTANT',
    confirmation_timeout_hours integer NOT NULL DEFAULT 24,
    waitlist_enabled           boolean NOT NULL DEFAULT false,
    amenities                  text[] NOT NULL DEFAULT '{}',
    image_keys                 text[] NOT NULL DEFAULT '{}',
    -- The owner's own switch. Whether customers see the court depends on the owner's account as well (COURT-32).
    enabled                    boolean NOT NULL DEFAULT true,
    average_rating             numeric(3, 2),
    total_reviews              integer NOT NULL DEFAULT 0,
    -- Lower-case names without accents, made by the service, so that a text search finds both languages.
    search_text                text NOT NULL,
    version                    bigint NOT NULL DEFAULT 1,
    created_at                 timestamptz NOT NULL,
    updated_at                 timestamptz NOT NULL,
    deleted_at                 timestamptz,
    CONSTRAINT courts_type_known CHECK (court_type IN ('TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5')),
    CONSTRAINT courts_location_type_known CHECK (location_type IN ('INDOOR', 'OUTDOOR')),
    CONSTRAINT courts_confirmation_mode_known CHECK (confirmation_mode IN ('INSTANT', 'MANUAL')),
    CONSTRAINT courts_confirmation_timeout_range CHECK (confirmation_timeout_hours BETWEEN 1 AND 144),
    CONSTRAINT courts_duration_range CHECK (duration_minutes BETWEEN 15 AND 720),
    CONSTRAINT courts_capacity_range CHECK (max_capacity BETWEEN 1 AND 200),
    CONSTRAINT courts_base_price_range CHECK (base_price_cents BETWEEN 0 AND 10000000),
    CONSTRAINT courts_rating_range CHECK (average_rating BETWEEN 1 AND 5),
    CONSTRAINT courts_version_positive CHECK (version > 0)
);

CREATE INDEX courts_location ON courts USING gist (location) WHERE deleted_at IS NULL;
CREATE INDEX courts_owner ON courts (owner_id, created_at, id) WHERE deleted_at IS NULL;

-- COURT-32 in one place: an enabled court of a verified owner whom Stripe has neither restricted nor disabled.
-- Views and searches share it, and it is simple enough for the planner to inline.
CREATE FUNCTION court_is_visible(enabled boolean, owner_verified boolean, owner_status text, owner_stripe_status text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN enabled AND owner_verified AND owner_status <> 'DELETED'
        AND owner_stripe_status NOT IN ('RESTRICTED', 'DISABLED');
