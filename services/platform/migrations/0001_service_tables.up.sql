-- Tables that kit keeps in the schema of every service. Each service copies this file verbatim as its first migration.

-- Events still to be sent (EVT-01). "seq" is the order of insertion, never a cursor: a lower one may become visible
-- later, so the relay looks for rows without "published_at".
create table outbox (
    seq bigint generated always as identity primary key,
    event_id uuid not null constraint outbox_event_id_unique unique,
    topic text not null,
    message_key text not null,
    headers jsonb not null default '{}',
    payload text not null,
    created_at timestamptz not null,
    published_at timestamptz
);
create index outbox_unpublished on outbox (seq) where published_at is null;
create index outbox_published_at on outbox (published_at) where published_at is not null;

-- Events that a consumer group has handled (EVT-04), kept for seven days.
create table inbox (
    consumer_group text not null,
    event_id uuid not null,
    handled_at timestamptz not null,
    primary key (consumer_group, event_id)
);
create index inbox_handled_at on inbox (handled_at);

-- Messages that failed too often (EVT-05), kept until somebody has looked at them.
create table dead_letters (
    id bigint generated always as identity primary key,
    consumer_group text not null,
    topic text not null,
    partition integer not null,
    message_offset bigint not null,
    event_id uuid not null,
    message_key text not null,
    headers jsonb not null,
    payload bytea not null,
    error text not null,
    attempts integer not null,
    parked_at timestamptz not null,
    constraint dead_letters_event_unique unique (consumer_group, event_id)
);

-- Work to be done once, now or later. A finished job leaves; a dead one stays for inspection.
create table jobs (
    id uuid primary key,
    job text not null,
    dedupe_key text,
    payload jsonb not null,
    headers jsonb not null default '{}',
    fire_time timestamptz, -- set on the runs of a schedule
    run_at timestamptz not null,
    state text not null default 'READY' constraint jobs_state_known check (state in ('READY', 'RUNNING', 'DEAD')),
    attempts integer not null default 0,
    max_attempts integer not null constraint jobs_max_attempts_positive check (max_attempts > 0),
    lease_owner uuid,
    lease_until timestamptz,
    last_error text,
    created_at timestamptz not null,
    constraint jobs_running_is_leased check ((state = 'RUNNING') = (lease_owner is not null and lease_until is not null))
);
create unique index jobs_dedupe_unique on jobs (job, dedupe_key) where state in ('READY', 'RUNNING');
create index jobs_ready on jobs (run_at) where state = 'READY';
create index jobs_running on jobs (lease_until) where state = 'RUNNING';

-- One row per firing of a schedule: whoever inserts it owns the run.
create table job_runs (
    job text not null,
    fire_time timestamptz not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint job_runs_once unique (job, fire_time)
);
