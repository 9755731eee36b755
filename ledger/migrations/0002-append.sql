-- The one road into the log.
--
--   ledger.append(commands) → outcomes, in the order of the commands
--
--   command  {commandId, actor, correlation?, causation?, context?,
--             streams: [{stream, expected, events: [{id, type, schemaVersion, occurredAt, data, hash}]}],
--             reads?: [{stream, version}]}             expected: a version, "none", "any" or "exists"
--   outcome  {outcome: "appended" | "duplicate", events: [{position, stream, version, id}]}
--          | {outcome: "conflict", stream, expected, actual}
--
-- Each command is appended as a whole or not at all, as if the commands had come one after the other. The lock
-- on the head puts all appends of the database in line, so that positions are dense and in commit order.

create function ledger.append(commands jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  before bigint;
  after bigint;
  rest jsonb := commands;
  count_independent integer;
  outcomes jsonb := '[]';
begin
  perform ledger.refuse_shared_transaction();
  perform ledger.refuse_malformed(commands);

  select position into strict before from ledger.head for update;

  while jsonb_array_length(rest) > 0 loop
    count_independent := ledger.count_independent(rest);
    if count_independent = jsonb_array_length(rest) then
      outcomes := outcomes || ledger.append_independent(rest);
      exit;
    end if;
    outcomes := outcomes || ledger.append_independent(
      jsonb_path_query_array(rest, '$[0 to $last]', jsonb_build_object('last', count_independent - 1)));
    rest := jsonb_path_query_array(
      rest, '$[$first to last]', jsonb_build_object('first', count_independent));
  end loop;

  select position into strict after from ledger.head;
  if after > before then
    perform ledger.run_inline_projections(before + 1, after);
    perform pg_notify('ledger', after::text);
  end if;

  -- From here to the end of the transaction nothing else can be written, nor the head's lock be held by an idle session.
  perform set_config('idle_in_transaction_session_timeout', '2s', true);
  perform set_config('transaction_read_only', 'on', true);
  return outcomes;
end $$;

-- An append is a transaction of its own: one that wrote something before would bind its fate to the log's and
-- hold everybody else up; under a snapshot older than the head's lock it would read versions that have moved.
create function ledger.refuse_shared_transaction() returns void
language plpgsql
as $$
begin
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'ledger.append is a transaction of its own, but this transaction has written already'
      using errcode = 'active_sql_transaction', hint = 'Call it outside BEGIN … COMMIT.';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'ledger.append needs the isolation level READ COMMITTED, not %',
      current_setting('transaction_isolation') using errcode = 'active_sql_transaction';
  end if;
end $$;

create function ledger.refuse_malformed(commands jsonb) returns void
language plpgsql
as $$
declare
  malformed record;
begin
  select c.value ->> 'commandId' as command_id, count(*) as streams,
    count(distinct s.value ->> 'stream') as different_streams,
    sum(jsonb_array_length(s.value -> 'events')) as events,
    min(jsonb_array_length(s.value -> 'events')) as fewest_events
  into malformed
  from jsonb_array_elements(commands) with ordinality as c
  left join lateral jsonb_array_elements(c.value -> 'streams') as s on true
  group by c.ordinality, c.value ->> 'commandId'
  having count(distinct s.value ->> 'stream') <> count(*)
    or coalesce(min(jsonb_array_length(s.value -> 'events')), 0) = 0
    or sum(jsonb_array_length(s.value -> 'events')) > 10000
  limit 1;
  if found then
    raise exception 'A command has 1 to 10000 events, at least one for each stream, and each stream once: % has % events for % streams',
      malformed.command_id, coalesce(malformed.events, 0), malformed.different_streams
      using errcode = 'invalid_parameter_value';
  end if;
end $$;

-- How many commands from the first one on can be decided together: none of them repeats another's command id
-- nor touches a stream that another one writes.
create function ledger.count_independent(commands jsonb) returns integer
language plpgsql
as $$
declare
  first_dependent bigint;
begin
  if jsonb_array_length(commands) = 1 then
    return 1;
  end if;
  with command as (
    select c.ordinality as ordinal, c.value as body
    from jsonb_array_elements(commands) with ordinality as c
  ),
  touched as (
    select ordinal, 'command' as kind, body ->> 'commandId' as name, true as writes from command
    union all
    select ordinal, 'stream', s.value ->> 'stream', true
    from command cross join jsonb_array_elements(body -> 'streams') as s
    union all
    select ordinal, 'stream', r.value ->> 'stream', false
    from command cross join jsonb_array_elements(body -> 'reads') as r
  ),
  shared as (
    select ordinal,
      min(ordinal) over (partition by kind, name) as earliest,
      bool_or(writes) over (partition by kind, name) as written
    from touched
  )
  select min(ordinal) into first_dependent from shared where ordinal > earliest and written;
  return coalesce(first_dependent - 1, jsonb_array_length(commands));
end $$;

-- Decides and writes commands that are independent of each other, in one statement. Base tables are reached by
-- their keys only: without the settings a plan made while they were empty could read them as a whole for ever.
create function ledger.append_independent(commands jsonb) returns jsonb
language plpgsql
set enable_seqscan = off
set jit = off
as $$
declare
  recorded timestamptz := date_trunc('milliseconds', clock_timestamp());
  outcomes jsonb;
begin
  with
  command as materialized (
    select c.ordinality as ordinal, c.value ->> 'commandId' as command_id, c.value ->> 'actor' as actor,
      c.value ->> 'correlation' as correlation, c.value ->> 'causation' as causation,
      nullif(c.value -> 'context', 'null') as context,
      c.value -> 'streams' as streams, c.value -> 'reads' as reads
    from jsonb_array_elements(commands) with ordinality as c
  ),
  repeated as materialized (
    select command.ordinal, earlier.first_position, earlier.last_position
    from command
    cross join lateral (
      select k.first_position, k.last_position
      from ledger.command as k where k.command_id = command.command_id
      offset 0
    ) as earlier
  ),
  stated as (
    select ordinal, s.ordinality as place, s.value ->> 'stream' as stream,
      s.value -> 'expected' as expected, s.value -> 'events' as events
    from command cross join jsonb_array_elements(streams) with ordinality as s
    union all
    select ordinal, 10000 + r.ordinality, r.value ->> 'stream', r.value -> 'version', '[]'
    from command cross join jsonb_array_elements(reads) with ordinality as r
  ),
  expectation as materialized (
    select stated.*,
      coalesce((select k.version from ledger.stream as k where k.stream = stated.stream), 0) as actual
    from stated
    where not exists (select from repeated where repeated.ordinal = stated.ordinal)
  ),
  conflict as materialized (
    select distinct on (ordinal) ordinal, stream, expected, actual
    from expectation
    where case expected #>> '{}'
      when 'any' then false
      when 'none' then actual <> 0
      when 'exists' then actual = 0
      else actual is distinct from (expected #>> '{}')::bigint
    end
    order by ordinal, place
  ),
  staged as materialized (
    select command.ordinal, command.command_id, command.actor, command.correlation, command.causation,
      command.context, expectation.stream, expectation.actual + e.ordinality as version,
      head.position + row_number() over (order by command.ordinal, expectation.place, e.ordinality) as position,
      (e.value ->> 'id')::uuid as id, e.value ->> 'type' as type,
      (e.value ->> 'schemaVersion')::integer as schema_version,
      (e.value ->> 'occurredAt')::timestamptz as occurred_at,
      e.value -> 'data' as data, decode(e.value ->> 'hash', 'hex') as hash
    from command
    join expectation on expectation.ordinal = command.ordinal
    cross join jsonb_array_elements(expectation.events) with ordinality as e
    cross join ledger.head
    where not exists (select from conflict where conflict.ordinal = command.ordinal)
  ),
  new_group as materialized (
    select min(staged.position) as first_position, max(staged.position) as last_position,
      string_agg(staged.hash, ''::bytea order by staged.position) as hashes
    from staged
    having count(*) > 0
  ),
  -- The chain: sha256(previous hash ‖ first position ‖ recorded at, in µs since 1970 ‖ hashes of the events),
  -- both numbers as 8 bytes, most significant first. `groupHash` in event-hash.ts computes the same.
  linked as materialized (
    select first_position, last_position, head.hash as previous_hash,
      sha256(head.hash || int8send(first_position)
        || int8send((extract(epoch from recorded) * 1000000)::bigint) || hashes) as hash
    from new_group cross join ledger.head
  ),
  write_events as (
    insert into ledger.event (position, id, stream, version, type, schema_version, occurred_at, recorded_at,
      actor, command_id, correlation, causation, context, data, hash)
    select position, id, stream, version, type, schema_version, occurred_at, recorded,
      actor, command_id, correlation, causation, context, data, hash
    from staged
  ),
  write_commands as (
    insert into ledger.command (command_id, first_position, last_position)
    select command_id, min(position), max(position) from staged group by command_id
  ),
  write_streams as (
    insert into ledger.stream as known (stream, version)
    select stream, max(version) from staged group by stream
    on conflict (stream) do update set version = excluded.version
  ),
  write_group as (
    insert into ledger.append_group (first_position, last_position, recorded_at, previous_hash, hash)
    select first_position, last_position, recorded, previous_hash, hash from linked
  ),
  write_head as (
    update ledger.head set position = linked.last_position, hash = linked.hash from linked
  ),
  outcome as (
    select ordinal, jsonb_build_object('outcome', 'appended', 'events', jsonb_agg(
      jsonb_build_object('position', position, 'stream', stream, 'version', version, 'id', id)
      order by position)) as value
    from staged group by ordinal
    union all
    select ordinal, jsonb_build_object(
      'outcome', 'conflict', 'stream', stream, 'expected', expected, 'actual', actual)
    from conflict
    union all
    select ordinal, jsonb_build_object('outcome', 'duplicate', 'events', (
      select jsonb_agg(jsonb_build_object(
        'position', e.position, 'stream', e.stream, 'version', e.version, 'id', e.id) order by e.position)
      from ledger.event as e where e.position between first_position and last_position))
    from repeated
  )
  select jsonb_agg(value order by ordinal) into strict outcomes from outcome;
  return outcomes;
end $$;
