-- Grows a generated world: courts number :from to :to on an evenly filled disc of one court per square kilometre around
-- 45 N, 5 E, each open daily and with one booking a day for 90 days from today. Courts of lower numbers are nearer to the
-- middle, so a search there meets the same density however many courts there are. Run by an administrator in a database
-- that is thrown away afterwards; indexes that only writers need are left out to make it quick.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';

ALTER TABLE transaction.bookings DROP CONSTRAINT IF EXISTS bookings_no_overlap;
DROP INDEX IF EXISTS transaction.bookings_by_customer, transaction.bookings_by_owner, transaction.bookings_occupying,
    transaction.bookings_confirmed_by_end;

INSERT INTO platform.users (id, email, name, role, verified, subscription_status, terms_accepted_at, created_at, updated_at)
VALUES ('00000000-0000-7000-8000-00000000beef', 'load@courtside.test', 'Load', 'COURT_OWNER', true, 'ACTIVE', now(), now(), now())
ON CONFLICT DO NOTHING;

INSERT INTO platform.courts (id, owner_id, name_el, name_en, court_type, location_type, address, location, timezone,
    duration_minutes, max_capacity, base_price_cents, owner_may_show, search_text, created_at, updated_at)
SELECT md5('court ' || n)::uuid, '00000000-0000-7000-8000-00000000beef', 'Γήπεδο ' || n, 'Court ' || n,
       (ARRAY ['TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5'])[1 + n % 4], (ARRAY ['INDOOR', 'OUTDOOR'])[1 + n / 4 % 2],
       'Street ' || n,
       ST_Project(ST_SetSRID(ST_MakePoint(5, 45), 4326)::geography, 1000 * sqrt(n / pi()), n * 2.399963),
       'Europe/Athens', 60, 4, 2000, true, 'court ' || n, now(), now()
FROM generate_series(:from, :to) AS n;

INSERT INTO platform.court_windows (id, court_id, day_of_week, start_time, end_time)
SELECT md5(n || day)::uuid, md5('court ' || n)::uuid, day, '08:00', '23:00'
FROM generate_series(:from, :to) AS n,
     unnest(ARRAY ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']) AS day;

INSERT INTO transaction.bookings (id, court_id, owner_id, kind, status, booking_date, start_time, end_time,
    duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode, trace_id, created_at, updated_at)
SELECT md5(n || ' ' || day)::uuid, md5('court ' || n)::uuid, '00000000-0000-7000-8000-00000000beef', 'MANUAL', 'CONFIRMED',
       current_date + day, make_time(hour, 0, 0), make_time(hour + 1, 0, 0), 60, 'Europe/Athens',
       tstzrange(current_date + day + make_time(hour, 0, 0), current_date + day + make_time(hour + 1, 0, 0)),
       'Γήπεδο ' || n, 'PADEL', 'INSTANT', 'load', now(), now()
FROM generate_series(:from, :to) AS n,
     generate_series(0, 89) AS day,
     LATERAL (SELECT (9 + (n * 7 + day * 5) % 12)::integer AS hour) AS at;

CREATE INDEX bookings_occupying ON transaction.bookings (court_id, booking_date)
    WHERE status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED');
VACUUM (ANALYZE) platform.courts, platform.court_windows, transaction.bookings;
