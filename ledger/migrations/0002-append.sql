-- The one road into the log: ledger.append appends commands that are independent of each other, as many as
-- come at once. Each is appended as a whole or not at all. The lock on the head puts all appends of the database
-- in line, so that positions are dense and in commit order.
--
-- The commands come as columns (append-call.ts makes them of commands), because rows of plain columns are what
-- PostgreSQL takes in fastest. Three lists, each in order, each of columns of the same length:
--
--   commands   command_ids, actors, correlations, causations, contexts
--   streams    that a command writes or reads: the number of the command (from 1), the stream, the version that
--              is expected (-1: any, -2: that it exists), and how many events go there (0: it is only read)
--   events     in the order of the streams that they go to: ids, types, schema versions, …, hashes
--
-- What comes back:
--   head_position  the position before the first event; what is appended follows it without a gap, in order
--   decisions  for each command: 0 = appended, -1 = its id was appended before, else the number of the first
--              stream in the list that has not the version expected
--   versions   for each stream in the list the version that it had

create function ledger.append(
  command_ids text[], actors text[], correlations text[], causations text[], contexts jsonb[],
  stream_commands integer[], streams text[], expected_versions bigint[], event_counts integer[],
  ids uuid[], types text[], schema_versions integer[], occurred_at timestamptz[],
  data jsonb[], hashes bytea[],
  out head_position bigint, out decisions integer[], out versions bigint[]
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
-- Base tables are reached by their keys only: a plan made while they were empty could read them as a whole for ever.
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  head_hash bytea;
  recorded timestamptz;
  event_streams integer[]; -- the number of the stream that each event goes to
  event_count bigint;
begin
  perform ledger.refuse_shared_transaction();
  perform ledger.refuse_malformed(cardinality(command_ids), stream_commands, streams, event_counts);
  event_streams := array(
    select number from unnest(event_counts) with ordinality as listed (count, number), generate_series(1, count)
    order by number
  );
  if cardinality(ids) <> cardinality(event_streams) then
    raise exception 'The call has % events and announces %', cardinality(ids), cardinality(event_streams)
      using errcode = 'invalid_parameter_value';
  end if;

  select h.position, h.hash into strict head_position, head_hash from ledger.head as h for update;
  recorded := date_trunc('milliseconds', clock_timestamp());

  select array_agg(coalesce(known.version, 0) order by listed.number) into versions
  from unnest(streams) with ordinality as listed (stream, number)
  left join ledger.stream as known on known.stream = listed.stream;

  select array_agg(coalesce(-1 * (earlier.first_position > 0)::integer, moved.number, 0) order by command.number)
  into decisions
  from unnest(command_ids) with ordinality as command (id, number)
  left join ledger.command as earlier on earlier.command_id = command.id
  left join (
    select listed.command, min(listed.number)::integer as number
    from unnest(stream_commands, expected_versions, versions)
      with ordinality as listed (command, expected, actual, number)
    where case expected when -1 then false when -2 then actual = 0 else actual <> expected end
    group by listed.command
  ) as moved on moved.command = command.number;

  select sum(count) into event_count
  from unnest(stream_commands, event_counts) as listed (command, count)
  where decisions[command] = 0;

  if event_count > 0 then
    with
    listed as (
      select number, command, stream, count, version,
        sum(count) over (order by number) - count as count_before,
        sum(count) filter (where decisions[command] = 0) over (order by number) - count as appended_before
      from unnest(stream_commands, streams, event_counts, versions)
        with ordinality as listed (command, stream, count, version, number)
    ),
    written as materialized (
      select number, command, stream, count, version, count_before,
        head_position + appended_before as position
      from listed where count > 0 and decisions[command] = 0
    ),
    write_commands as (
      insert into ledger.command (command_id, first_position, last_position)
      select command.id, min(position) + 1, max(position + count)
      from written
      join unnest(command_ids) with ordinality as command (id, number) on command.number = written.command
      group by command.id
    ),
    write_new_streams as (
      insert into ledger.stream (stream, version)
      select stream, count from written where version = 0
    ),
    write_known_streams as (
      update ledger.stream as known set version = written.version + written.count
      from written where written.version > 0 and known.stream = written.stream
    ),
    -- The chain: sha256(previous hash ‖ first position ‖ recorded at, in µs since 1970 ‖ hashes of the events),
    -- both numbers as 8 bytes, most significant first. `groupHash` in event-hash.ts computes the same.
    new_group as materialized (
      select sha256(head_hash || int8send(head_position + 1) || int8send((extract(epoch from recorded) * 1000000)::bigint)
        || string_agg(event.hash, ''::bytea order by event.number)) as hash
      from unnest(event_streams, hashes) with ordinality as event (stream, hash, number)
      where event.stream in (select number from written)
    ),
    write_group as (
      insert into ledger.append_group (first_position, last_position, recorded_at, previous_hash, hash)
      select head_position + 1, head_position + event_count, recorded, head_hash, hash from new_group
    ),
    write_head as (
      update ledger.head set position = head_position + event_count, hash = new_group.hash from new_group
    )
    insert into ledger.event (position, id, stream, version, type, schema_version, occurred_at, recorded_at,
      actor, command_id, correlation, causation, context, data, hash)
    select written.position + event.number - written.count_before, event.id, written.stream,
      written.version + event.number - written.count_before, event.type, event.schema_version,
      event.occurred_at, recorded, command.actor, command.id, command.correlation, command.causation,
      command.context, event.data, event.hash
    from unnest(event_streams, ids, types, schema_versions, occurred_at, data, hashes)
      with ordinality as event (stream, id, type, schema_version, occurred_at, data, hash, number)
    join written on written.number = event.stream
    join unnest(command_ids, actors, correlations, causations, contexts)
      with ordinality as command (id, actor, correlation, causation, context, number)
      on command.number = written.command;

    perform ledger.keep_partitions_ahead(head_position + event_count);
    perform ledger.run_inline_projections(head_position + 1, head_position + event_count);
    perform pg_notify('ledger', (head_position + event_count)::text);
  end if;

  -- From here to the end of the transaction nothing else can be written, nor the head's lock be held by an idle session.
  perform set_config('idle_in_transaction_session_timeout', '2s', true);
  perform set_config('transaction_read_only', 'on', true);
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

create function ledger.refuse_malformed(
  command_count integer, stream_commands integer[], streams text[], event_counts integer[]
) returns void
language plpgsql
as $$
begin
  if (
    select count(*) <> command_count
      or not bool_and(number between 1 and command_count and fewest >= 0 and events between 1 and 10000)
    from (
      select number, min(count) as fewest, sum(count) as events
      from unnest(stream_commands, event_counts) as listed (number, count) group by number
    ) as command
  ) then
    raise exception 'A command has 1 to 10000 events' using errcode = 'invalid_parameter_value';
  end if;
  if exists (
    select from unnest(stream_commands, streams, event_counts) as listed (command, stream, count)
    group by stream
    having max(count) > 0 and (count(*) filter (where count > 0) > 1 or min(command) <> max(command))
  ) then
    raise exception 'A stream that is written to belongs to one command of the call'
      using errcode = 'invalid_parameter_value',
        hint = 'Commands that depend on each other go into calls of their own, one after the other.';
  end if;
end $$;
