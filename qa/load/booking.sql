-- The SQL that one paid booking costs, statement for statement, on the request's path: what the checkout must know, the
-- platform's calendar for the offer, the hold, and the booking. The services let checkouts of the same moment share the
-- first, third and fourth statement; pgbench's clients each send their own.
-- Only the first line is pgbench's own: it finds a court and draws ids, which the services have from the request.
-- The relay's and the webhook's work comes after the answer and is not here; over HTTP it runs at the same time.
\set n :n + 1
\set k :n * 64 + :client_id
\set number 1 + :k % :courts
\set hour :k / :courts
SELECT id AS court, owner_id AS owner, customer_id AS customer, gen_random_uuid() AS booking, gen_random_uuid() AS payment, gen_random_uuid() AS key FROM load.courts WHERE number = :number \gset

SELECT court.*, customer.stripe_customer_id, known.request_hash, known.booking_id, known.response_status, known.response_body
FROM (VALUES (:court::uuid, :customer::uuid, :key::uuid)) AS asked (court_id, user_id, key)
LEFT JOIN platform.v_court_summary court ON court.court_id = asked.court_id
LEFT JOIN transaction.stripe_customers customer ON customer.user_id = asked.user_id
LEFT JOIN transaction.idempotency_keys known ON known.user_id = asked.user_id AND known.key = asked.key;

SELECT court.owner_id, court.timezone, court.duration_minutes, court.base_price_cents, court.calendar_version,
       (court.enabled AND court.owner_may_show) AS visible, owner.verified AS owner_verified,
       (SELECT coalesce(json_agg(json_build_array(day_of_week, start_time, end_time)), '[]') FROM platform.court_windows WHERE court_id = court.id AND day_of_week = ANY ('{MONDAY}'::text[])) AS windows,
       (SELECT coalesce(json_agg(json_build_array(date, start_time, end_time, reason)), '[]') FROM platform.court_overrides WHERE court_id = court.id AND date BETWEEN '2027-01-04' AND '2027-01-04') AS blocks,
       (SELECT coalesce(json_agg(json_build_array(date, start_time, end_time, hold_expires_at)), '[]') FROM transaction.v_slot_occupancy WHERE court_id = court.id AND date BETWEEN '2027-01-04' AND '2027-01-04') AS occupied,
       (SELECT coalesce(json_agg(json_build_array(day_of_week, start_time, end_time, multiplier_hundredths, label)), '[]') FROM platform.pricing_rules WHERE court_id = court.id AND day_of_week = ANY ('{MONDAY}'::text[])) AS rules,
       (SELECT coalesce(json_agg(json_build_array(date, multiplier_hundredths, label)), '[]') FROM platform.pricing_special_dates WHERE court_id = court.id AND date BETWEEN '2027-01-04' AND '2027-01-04') AS special_dates
FROM platform.courts court JOIN platform.users owner ON owner.id = court.owner_id
WHERE court.id = :court::uuid AND court.deleted_at IS NULL;

WITH calendar AS MATERIALIZED (
  SELECT transaction.calendar_version_under_lock(:court::uuid, hashtextextended(:court, 0)) AS version
), held AS (
  INSERT INTO transaction.bookings
      (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time, end_time, duration_minutes, timezone, period,
       court_name_el, court_name_en, court_type, confirmation_mode, number_of_people, amount_cents, commission_cents,
       owner_net_cents, discount_cents, promo_code, currency, hold_expires_at, trace_id, created_at, updated_at)
  SELECT :booking::uuid, :court::uuid, :owner::uuid, :customer::uuid, 'CUSTOMER', 'PENDING_PAYMENT',
          '2027-01-04', '10:00', '11:00', 60, 'Europe/Athens',
          tstzrange('2027-01-01 00:00Z'::timestamptz + make_interval(hours => :hour::integer),
                    '2027-01-01 01:00Z'::timestamptz + make_interval(hours => :hour::integer)),
          'Padel Club Κηφισιά – Γήπεδο 1', 'Kifisia Padel Club – Court 1', 'PADEL', 'INSTANT', 4, 2500, 250, 2250, 0, NULL, 'EUR',
          now() + interval '5 minutes', '4bf92f3577b34da6a3ce929d0e0e4736', now(), now()
  FROM calendar WHERE calendar.version IS NOT NULL
  ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
  RETURNING id
), told AS (
  INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
  SELECT id, 'PENDING_PAYMENT', now(), 'CUSTOMER', :customer::uuid FROM held
), intended AS (
  INSERT INTO transaction.payments
      (id, booking_id, user_id, owner_id, status, capture_method, pending_step, step_started_at, amount_cents, commission_cents,
       owner_net_cents, currency, payment_method_id, stripe_customer_id, destination_account, created_at, updated_at)
  SELECT :payment::uuid, id, :customer::uuid, :owner::uuid, 'PENDING', 'AUTOMATIC', 'CHARGE', now(), 2500, 250, 2250, 'EUR',
         'pm_card_visa', 'cus_load', 'acct_load', now(), now() FROM held
), keyed AS (
  INSERT INTO transaction.idempotency_keys (user_id, key, request_hash, booking_id, created_at)
  SELECT :customer::uuid, :key::uuid, decode(repeat('ab', 32), 'hex'), id, now() FROM held
), announced AS (
  INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
  SELECT gen_random_uuid(), 'load-events', :court, '{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}', repeat('x', 600), now()
  FROM held, generate_series(1, 1)
)
SELECT count(*) FROM held;

WITH booked AS (
  UPDATE transaction.bookings
  SET status = 'CONFIRMED', hold_expires_at = NULL, confirmation_deadline = NULL, reason = NULL, version = version + 1, updated_at = now()
  WHERE id = :booking::uuid AND status = 'PENDING_PAYMENT'
  RETURNING id
), told AS (
  INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
  SELECT id, 'CONFIRMED', now(), 'CUSTOMER', :customer::uuid FROM booked
), paid AS (
  UPDATE transaction.payments payment
  SET status = 'CAPTURED', pending_step = NULL, step_started_at = NULL, client_secret = NULL,
      stripe_payment_intent_id = 'pi_load_' || :payment, card_brand = 'visa', card_last4 = '4242', authorized_at = now(),
      authorization_expires_at = NULL, captured_at = now(), failure_code = NULL, failure_message = NULL, updated_at = now()
  FROM booked WHERE payment.id = :payment::uuid AND payment.booking_id = booked.id
  RETURNING payment.id, payment.amount_cents AS gross, payment.commission_cents AS commission, payment.owner_net_cents AS net
), posted AS (
  INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
  SELECT paid.id, booked.id, 'CAPTURE', posting.debit, posting.credit, posting.cents, now()
  FROM booked, paid, LATERAL (VALUES ('STRIPE', 'CUSTOMER', gross), ('CUSTOMER', 'OWNER', net), ('CUSTOMER', 'COMMISSION', commission))
       AS posting (debit, credit, cents)
  WHERE posting.cents > 0
), listed AS (
  INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at) SELECT id, 'CAPTURED', now() FROM paid
), audited AS (
  INSERT INTO transaction.audit_log
      (booking_id, payment_id, action, actor_id, actor_role, state_before, state_after, occurred_at, trace_id)
  SELECT booked.id, paid.id, 'BOOKING_CREATED', :customer::uuid, 'CUSTOMER', jsonb_build_object('status', 'PENDING_PAYMENT'),
         jsonb_build_object('status', 'CONFIRMED', 'paymentStatus', 'CAPTURED'), now(), '4bf92f3577b34da6a3ce929d0e0e4736'
  FROM booked, paid
), announced AS (
  INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
  SELECT gen_random_uuid(), 'load-events', :court, '{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}', repeat('x', 700), now()
  FROM booked, generate_series(1, :events::integer)
), answered AS (
  UPDATE transaction.idempotency_keys known SET response_status = 201, response_body = jsonb_build_object('bookingId', :booking::text, 'filler', repeat('y', 700))
  FROM booked WHERE known.user_id = :customer::uuid AND known.key = :key::uuid AND known.response_status IS NULL
)
SELECT count(*) FROM booked;
