-- What a database needs before either service can migrate: roles, extensions, schemas and the bus.
-- Run by an administrator, once per database; running it again changes nothing.
-- It never touches a table of a service: those belong to the migrations of their owner.

do $$
begin
    create role courtside_platform login;
exception when duplicate_object or unique_violation then null; -- another database of this cluster made it
end $$;
do $$
begin
    create role courtside_transaction login;
exception when duplicate_object or unique_violation then null;
end $$;

create extension if not exists postgis schema public;
create extension if not exists btree_gist schema public;

-- Nobody but the owner of a schema makes objects, and "public" holds extensions only.
revoke create on schema public from public;
create schema if not exists platform authorization courtside_platform;
create schema if not exists transaction authorization courtside_transaction;
-- Seeing a schema gives no right on its tables; each owner grants its few views in its migrations.
grant usage on schema platform to courtside_transaction;
grant usage on schema transaction to courtside_platform;

create schema if not exists bus;
grant usage on schema bus to courtside_platform, courtside_transaction;

create table if not exists bus.topics (
    topic text primary key,
    partitions integer not null constraint topics_partitions_sane check (partitions between 1 and 1024)
);

-- The row of a partition is its lock: offsets are drawn by updating it, so that they have no gaps and become
-- visible in their order.
create table if not exists bus.partitions (
    topic text not null references bus.topics (topic),
    partition integer not null,
    next_offset bigint not null default 0,
    primary key (topic, partition)
) with (fillfactor = 50);

create table if not exists bus.messages (
    topic text not null,
    partition integer not null,
    message_offset bigint not null,
    event_id uuid not null,
    message_key text not null,
    headers jsonb not null,
    payload bytea not null,
    published_at timestamptz not null,
    primary key (topic, partition, message_offset)
);
create index if not exists messages_published_at on bus.messages (published_at);

-- One row per living reader of a group. Leases are measured with the clock of the database, the only one that all
-- readers share.
create table if not exists bus.group_members (
    consumer_group text not null,
    member_id uuid not null,
    topics text[] not null,
    lease_until timestamptz not null,
    primary key (consumer_group, member_id)
);

create table if not exists bus.group_partitions (
    consumer_group text not null,
    topic text not null,
    partition integer not null,
    committed_offset bigint not null,
    owner_id uuid,
    lease_until timestamptz,
    primary key (consumer_group, topic, partition),
    foreign key (topic, partition) references bus.partitions (topic, partition)
) with (fillfactor = 50);

grant select, insert, update, delete on all tables in schema bus to courtside_platform, courtside_transaction;
