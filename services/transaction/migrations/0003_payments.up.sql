-- Payments: one row per PaymentIntent, the step that is under way, refunds, and Stripe's ids (PAY).

CREATE TABLE transaction.payments (
    id                       uuid PRIMARY KEY,
    booking_id               uuid NOT NULL REFERENCES transaction.bookings (id),
    user_id                  uuid NOT NULL,
    owner_id                 uuid NOT NULL,
    status                   text NOT NULL DEFAULT 'PENDING',
    capture_method           text NOT NULL,

    -- PAY-06: the step is written before Stripe is asked and cleared with its result. A row that keeps one
    -- across a crash is what reconciliation finishes.
    pending_step             text,
    step_started_at          timestamptz,

    amount_cents             bigint NOT NULL,
    commission_cents         bigint NOT NULL,
    owner_net_cents          bigint NOT NULL,
    refunded_cents           bigint NOT NULL DEFAULT 0,
    currency                 text NOT NULL DEFAULT 'EUR',

    payment_method_id        text NOT NULL,
    stripe_customer_id       text NOT NULL,
    destination_account      text NOT NULL,
    stripe_payment_intent_id text,
    -- Kept only while the customer still has to finish 3-D Secure (BOOK-08).
    client_secret            text,
    card_brand               text,
    card_last4               text,
    failure_code             text,
    failure_message          text,

    authorized_at            timestamptz,
    authorization_expires_at timestamptz,
    captured_at              timestamptz,
    created_at               timestamptz NOT NULL,
    updated_at               timestamptz NOT NULL,

    CONSTRAINT payments_intent_unique UNIQUE (stripe_payment_intent_id),
    CONSTRAINT payments_status_known CHECK (status IN
        ('PENDING', 'AUTHORIZED', 'CAPTURED', 'REFUNDED', 'PARTIALLY_REFUNDED', 'FAILED', 'DISPUTED')),
    CONSTRAINT payments_capture_known CHECK (capture_method IN ('AUTOMATIC', 'MANUAL')),
    CONSTRAINT payments_step_known CHECK (pending_step IN ('CHARGE', 'CAPTURE', 'RELEASE')),
    CONSTRAINT payments_step_dated CHECK ((pending_step IS NULL) = (step_started_at IS NULL)),
    CONSTRAINT payments_money_adds_up CHECK
        (amount_cents > 0 AND commission_cents >= 0 AND amount_cents = commission_cents + owner_net_cents),
    -- PAY-32: commission is never refunded, so refunds stay below what is left after it.
    CONSTRAINT payments_refunds_bounded CHECK
        (refunded_cents >= 0 AND refunded_cents <= amount_cents - commission_cents),
    CONSTRAINT payments_capture_dated CHECK
        (status NOT IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'DISPUTED') OR captured_at IS NOT NULL),
    CONSTRAINT payments_refund_needs_capture CHECK (refunded_cents = 0 OR captured_at IS NOT NULL)
);
CREATE INDEX payments_by_booking ON transaction.payments (booking_id);
CREATE INDEX payments_unfinished ON transaction.payments (step_started_at) WHERE pending_step IS NOT NULL;
CREATE INDEX payments_authorized ON transaction.payments (authorized_at) WHERE status = 'AUTHORIZED';

CREATE TABLE transaction.payment_timeline (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id  uuid NOT NULL REFERENCES transaction.payments (id),
    event       text NOT NULL,
    occurred_at timestamptz NOT NULL,
    details     jsonb
);
CREATE INDEX payment_timeline_by_payment ON transaction.payment_timeline (payment_id, id);

CREATE TABLE transaction.refunds (
    id               uuid PRIMARY KEY,
    payment_id       uuid NOT NULL REFERENCES transaction.payments (id),
    booking_id       uuid NOT NULL REFERENCES transaction.bookings (id),
    amount_cents     bigint NOT NULL,
    -- A charge that never became a booking goes back whole, our fee included (LIVE-11).
    returns_fee      boolean NOT NULL DEFAULT false,
    status           text NOT NULL DEFAULT 'INITIATED',
    reason           text NOT NULL,
    stripe_refund_id text,
    failure_message  text,
    initiated_at     timestamptz NOT NULL,
    sent_at          timestamptz,
    completed_at     timestamptz,
    CONSTRAINT refunds_stripe_id_unique UNIQUE (stripe_refund_id),
    CONSTRAINT refunds_amount_positive CHECK (amount_cents > 0),
    CONSTRAINT refunds_status_known CHECK (status IN ('INITIATED', 'PROCESSING', 'COMPLETED', 'FAILED')),
    CONSTRAINT refunds_completion_dated CHECK ((status = 'COMPLETED') = (completed_at IS NOT NULL))
);
CREATE INDEX refunds_by_payment ON transaction.refunds (payment_id, initiated_at);
CREATE INDEX refunds_unsent ON transaction.refunds (initiated_at) WHERE status = 'INITIATED';

-- PAY-15: one Stripe customer per user.
CREATE TABLE transaction.stripe_customers (
    user_id            uuid PRIMARY KEY,
    stripe_customer_id text NOT NULL,
    created_at         timestamptz NOT NULL,
    CONSTRAINT stripe_customers_id_unique UNIQUE (stripe_customer_id)
);

-- PAY-41: every Stripe event that took effect.
CREATE TABLE transaction.stripe_events (
    event_id    text CONSTRAINT stripe_events_once PRIMARY KEY,
    event_type  text NOT NULL,
    received_at timestamptz NOT NULL
);
