-- Requests of court owners to be verified, and the business data that an owner was verified with (COURT-46 to COURT-55).
CREATE TABLE verification_requests (
    id                  uuid PRIMARY KEY,
    owner_id            uuid NOT NULL REFERENCES users (id),
    business_name       text NOT NULL,
    tax_id              text NOT NULL,
    business_type       text NOT NULL,
    business_address    text NOT NULL,
    -- Key of the proof in the private bucket.
    document_key        text NOT NULL,
    status              text NOT NULL DEFAULT 'PENDING_REVIEW',
    rejection_reason    text,
    notes               text,
    -- The rejected request that this one answers.
    previous_request_id uuid REFERENCES verification_requests (id),
    submitted_at        timestamptz NOT NULL,
    reviewed_at         timestamptz,
    reviewed_by         uuid REFERENCES users (id),
    -- When the reviewers were last reminded.
    reminded_at         timestamptz,
    CONSTRAINT verification_requests_type_known
        CHECK (business_type IN ('SOLE_PROPRIETOR', 'COMPANY', 'ASSOCIATION')),
    CONSTRAINT verification_requests_status_known CHECK (status IN ('PENDING_REVIEW', 'APPROVED', 'REJECTED')),
    CONSTRAINT verification_requests_review_named
        CHECK ((status = 'PENDING_REVIEW') = (reviewed_at IS NULL) AND (reviewed_at IS NULL) = (reviewed_by IS NULL)),
    CONSTRAINT verification_requests_rejection_explained CHECK ((status = 'REJECTED') = (rejection_reason IS NOT NULL))
);

-- COURT-48: one pending request for each owner, whatever the code above believes.
CREATE UNIQUE INDEX verification_requests_one_pending ON verification_requests (owner_id)
    WHERE status = 'PENDING_REVIEW';
CREATE INDEX verification_requests_queue ON verification_requests (submitted_at, id);
CREATE INDEX verification_requests_by_owner ON verification_requests (owner_id, submitted_at, id);

CREATE TABLE business_profiles (
    owner_id                 uuid PRIMARY KEY REFERENCES users (id),
    business_name            text,
    tax_id                   text,
    business_type            text,
    business_address         text,
    -- COURT-55: since when a verified owner's data differ from what was reviewed.
    re_verification_since    timestamptz,
    version                  bigint NOT NULL DEFAULT 1,
    updated_at               timestamptz NOT NULL,
    CONSTRAINT business_profiles_type_known CHECK (business_type IN ('SOLE_PROPRIETOR', 'COMPANY', 'ASSOCIATION'))
);

CREATE INDEX business_profiles_to_review ON business_profiles (re_verification_since)
    WHERE re_verification_since IS NOT NULL;
