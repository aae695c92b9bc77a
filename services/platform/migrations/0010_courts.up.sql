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
    -- Customers see the court when both are true (COURT-32): the owner's own switch, and the standing of the owner's
    -- account, which the triggers below keep.
    enabled                    boolean NOT NULL DEFAULT true,
    owner_may_show             boolean NOT NULL,
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

CREATE INDEX courts_findable ON courts USING gist (location) WHERE deleted_at IS NULL AND enabled AND owner_may_show;
CREATE INDEX courts_owner ON courts (owner_id, created_at, id) WHERE deleted_at IS NULL;

-- COURT-32 in one place: an owner may show courts while verified and neither restricted nor disabled at Stripe.
CREATE FUNCTION owner_may_show_courts(verified boolean, status text, stripe_status text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN verified AND status <> 'DELETED' AND stripe_status NOT IN ('RESTRICTED', 'DISABLED');

-- A search must not look up the owner of every court in its circle, so the answer is kept beside each court. Only these
-- two triggers write it. A new court locks its owner against changes until it is committed, so none can slip through.
CREATE FUNCTION courts_take_standing_of_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT platform.owner_may_show_courts(owner.verified, owner.status, owner.stripe_status)
    INTO NEW.owner_may_show
    FROM platform.users owner
    WHERE owner.id = NEW.owner_id
    FOR SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER courts_standing BEFORE INSERT OR UPDATE OF owner_id, owner_may_show ON courts
    FOR EACH ROW EXECUTE FUNCTION courts_take_standing_of_owner();

CREATE FUNCTION users_pass_standing_to_courts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE platform.courts
    SET owner_may_show = platform.owner_may_show_courts(NEW.verified, NEW.status, NEW.stripe_status)
    WHERE owner_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER users_standing AFTER UPDATE OF verified, status, stripe_status ON users
    FOR EACH ROW
    WHEN ((OLD.verified, OLD.status, OLD.stripe_status) IS DISTINCT FROM (NEW.verified, NEW.status, NEW.stripe_status))
    EXECUTE FUNCTION users_pass_standing_to_courts();
