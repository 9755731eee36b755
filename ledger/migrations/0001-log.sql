-- The log and what stands beside it. Everything here is written by ledger.append alone (0002).

create schema ledger;

-- The role that the application logs in with. Whoever migrates sees to its password; that it exists is
-- all that the grants below need. Several databases of one server may be migrated at the same time.
do $$
begin
  if not exists (select from pg_roles where rolname = 'pet') then
    create role pet nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end $$;

-- The log. Positions are dense and in commit order; `hash` is the writer's hash of the event (see event-hash.ts).
create table ledger.event (
  position bigint not null primary key check (position > 0),
  id uuid not null,
  stream text not null check (stream <> ''),
  version bigint not null check (version > 0),
  type text not null check (type <> ''),
  schema_version integer not null check (schema_version > 0),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null check (actor <> ''),
  command_id text not null check (command_id <> ''),
  correlation text,
  causation text,
  context jsonb,
  data jsonb not null,
  hash bytea not null check (octet_length(hash) = 32)
) partition by range (position);

create index event_stream_version on ledger.event (stream, version);

-- The end of the log: one row, whose lock puts appends in line.
create table ledger.head (
  only_row boolean primary key default true check (only_row),
  position bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
) with (fillfactor = 10);

insert into ledger.head (position, hash) values (0, decode(repeat('00', 32), 'hex'));

-- The chain: each group of events that was appended together, bound to the hash before it.
create table ledger.append_group (
  first_position bigint primary key,
  last_position bigint not null check (last_position >= first_position),
  recorded_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null
);

-- Every command that was appended, for good: a command id is never used twice. Its events are those positions.
create table ledger.command (
  command_id text primary key,
  first_position bigint not null,
  last_position bigint not null
);

create table ledger.stream (
  stream text primary key,
  version bigint not null
) with (fillfactor = 80);

-- A person's key encrypts the personal values in events. Erasing a person takes the key and leaves the row.
create table ledger.person_key (
  person text primary key,
  key bytea check (octet_length(key) = 32),
  created_at timestamptz not null default now(),
  erased_at timestamptz,
  check ((key is null) = (erased_at is not null))
);

create table ledger.projection (
  name text primary key,
  version integer not null,
  checkpoint bigint not null default 0,
  problem text,
  stopped_at timestamptz
);

create table ledger.inline_projection (
  name text primary key,
  function text not null
);

create function ledger.refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'The log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
    using errcode = 'restrict_violation',
      hint = 'A fact is corrected by appending another one that refers to it.';
end $$;

create trigger refuse_change before update or delete or truncate on ledger.event
  for each statement execute function ledger.refuse_change();
create trigger refuse_change before update or delete or truncate on ledger.append_group
  for each statement execute function ledger.refuse_change();
create trigger refuse_change before update or delete or truncate on ledger.command
  for each statement execute function ledger.refuse_change();

-- The log in parts of ten million positions: partition 0 ends before position 10 000 000.
create function ledger.events_per_partition() returns bigint language sql immutable
  return 10000000;

create function ledger.event_partition(number bigint) returns text language sql immutable
  return 'event_' || lpad(number::text, 5, '0');

-- Makes partition `number` beside the log and attaches it: reads and appends under way go on, which they would
-- not with CREATE TABLE … PARTITION OF. It has a trigger of its own, because a statement's trigger on the parent
-- does not fire when the partition is named.
create function ledger.add_event_partition(number bigint) returns void
language plpgsql
as $$
declare
  partition text := ledger.event_partition(number);
  width bigint := ledger.events_per_partition();
begin
  execute format('create table ledger.%I (like ledger.event including all)', partition);
  execute format(
    'create trigger refuse_change before update or delete or truncate on ledger.%I
       for each statement execute function ledger.refuse_change()',
    partition
  );
  execute format(
    'alter table ledger.event attach partition ledger.%I for values from (%s) to (%s)',
    partition, number * width, (number + 1) * width
  );
end $$;

-- Called by each append, with the rights of the log's owner, so that nobody else has to see to it: there are
-- always two partitions after the one that the log is in. A call appends far less than one holds. Where that
-- fails (somebody holds a lock on the log, say) the append does not: the next one tries again.
create function ledger.keep_partitions_ahead(last_position bigint) returns void
language plpgsql
set lock_timeout = '100ms'
as $$
declare
  current bigint := last_position / ledger.events_per_partition();
begin
  if to_regclass('ledger.' || ledger.event_partition(current + 2)) is not null then
    return;
  end if;
  begin
    for number in current + 1 .. current + 2 loop
      continue when to_regclass('ledger.' || ledger.event_partition(number)) is not null;
      perform ledger.add_event_partition(number);
    end loop;
  exception
    when others then
      raise warning 'The partition after position % could not be made yet: %', last_position, sqlerrm;
  end;
end $$;

select ledger.add_event_partition(number) from generate_series(0, 2) as number;

-- Erasing a person cannot be undone: what was encrypted under the key stays in the log, unreadable.
create function ledger.erase_person(erased_person text) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into ledger.person_key (person, key, erased_at) values (erased_person, null, now())
  on conflict (person) do update set key = null, erased_at = now()
    where person_key.key is not null
$$;
