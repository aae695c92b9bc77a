-- A parked message has a name that people see, and a fate: looked at, sent once more to the group that parked it, and
-- handled then or parked again, or put away for good. Each service copies this file verbatim as a migration.
alter table dead_letters
    add column entry_id uuid not null default gen_random_uuid() constraint dead_letters_entry_unique unique,
    add column state text not null default 'PARKED'
        constraint dead_letters_state_known check (state in ('PARKED', 'REPLAYING', 'HANDLED', 'DISCARDED')),
    add column replays integer not null default 0,
    add column changed_at timestamptz;
create index dead_letters_by_state on dead_letters (state, parked_at desc, id desc);
