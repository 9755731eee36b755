-- ledger.append in fewer steps, with hash indexes where a key is only ever looked up as a whole: a B-tree of random
-- texts was half of what an event cost. What it takes and gives back is as 0002 describes.

-- A key of its own for each row all the same: that is what an exclusion constraint by equality says.
alter table ledger.command drop constraint command_pkey,
  add constraint command_id_once exclude using hash (command_id with =);
alter table ledger.stream drop constraint stream_pkey,
  add constraint stream_once exclude using hash (stream with =);

create or replace function ledger.append(
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
  event_streams integer[]; -- for each event the number of the stream that it goes to,
  event_numbers integer[]; -- and its number among those that go there
  head_hash bytea;
  group_hash bytea;
  recorded timestamptz;
  refusals integer[]; -- for each stream: 0, or what is decided on its command because of it
  places bigint[]; -- for each stream how many events of the call are before its first
  event_count bigint := cardinality(ids);
  command_count bigint := cardinality(command_ids);
  commands_written bigint;
begin
  perform ledger.refuse_shared_transaction();
  -- Streams that differ, each with events of a command that is there, are not looked at any closer.
  if 0 >= any (event_counts) or event_count > 10000
    or 1 > any (stream_commands) or cardinality(command_ids) < any (stream_commands)
    or (select count(distinct stream) from unnest(streams) as listed (stream)) < cardinality(streams) then
    perform ledger.refuse_malformed(cardinality(command_ids), stream_commands, streams, event_counts);
  end if;
  select array_agg(stream), array_agg(number) into event_streams, event_numbers
  from (
    select stream, number
    from unnest(event_counts) with ordinality as listed (count, stream), generate_series(1, count) as number
    order by stream, number
  ) as event;
  if event_count is distinct from cardinality(event_streams) then
    raise exception 'The call has % events and announces %', event_count, cardinality(event_streams)
      using errcode = 'invalid_parameter_value';
  end if;

  select h.position, h.hash into strict head_position, head_hash from ledger.head as h for update;
  recorded := date_trunc('milliseconds', clock_timestamp());

  select array_agg(version), array_agg(case
      when is_known then -1
      when case expected when -1 then false when -2 then version = 0 else version <> expected end then number
      else 0
    end)
  into versions, refusals
  from (
    select listed.number, expected, coalesce(known.version, 0) as version, earlier.command_id is not null as is_known
    from unnest(stream_commands, streams, expected_versions)
      with ordinality as listed (command, stream, expected, number)
    left join ledger.stream as known on known.stream = listed.stream
    left join ledger.command as earlier on earlier.command_id = command_ids[listed.command]
    order by listed.number
  ) as looked_up;

  decisions := array_fill(0, array[cardinality(command_ids)]);
  if 0 <> any (refusals) then
    perform ledger.refuse_malformed(cardinality(command_ids), stream_commands, streams, event_counts);
    decisions := array(
      select coalesce(least(min(refusal) filter (where refusal = -1), min(refusal) filter (where refusal > 0)), 0)
      from unnest(stream_commands, refusals) as listed (command, refusal)
      group by command order by command
    );
    command_count := cardinality(array_positions(decisions, 0));
    select coalesce(sum(count), 0) into event_count
    from unnest(stream_commands, event_counts) as listed (command, count)
    where decisions[command] = 0;
  end if;

  if event_count > 0 then
    places := array(
      select coalesce(sum(count) filter (where decisions[command] = 0) over (order by number), 0) - count
      from unnest(stream_commands, event_counts) with ordinality as listed (command, count, number)
      order by number
    );
    insert into ledger.command (command_id, first_position, last_position)
    select command_ids[command], head_position + min(place) + 1, head_position + max(place + count)
    from unnest(stream_commands, event_counts, places) as listed (command, count, place)
    where count > 0 and decisions[command] = 0
    group by command;
    get diagnostics commands_written = row_count;
    if commands_written <> command_count then
      raise exception 'A command has 1 to 10000 events' using errcode = 'invalid_parameter_value';
    end if;

    if 0 = any (versions) then
      insert into ledger.stream (stream, version)
      select stream, count
      from unnest(stream_commands, streams, event_counts, versions) as listed (command, stream, count, version)
      where version = 0 and count > 0 and decisions[command] = 0;
    end if;
    if 0 < any (versions) then
      update ledger.stream as known set version = listed.version + count
      from unnest(stream_commands, streams, event_counts, versions) as listed (command, stream, count, version)
      where listed.version > 0 and count > 0 and decisions[command] = 0 and known.stream = listed.stream;
    end if;

    insert into ledger.event (position, id, stream, version, type, schema_version, occurred_at, recorded_at,
      actor, command_id, correlation, causation, context, data, hash)
    select head_position + place + event.number, event.id, listed.stream, version + event.number,
      event.type, event.schema_version, event.occurred_at, recorded,
      actors[command], command_ids[command], correlations[command], causations[command], contexts[command],
      event.data, event.hash
    from unnest(event_streams, event_numbers, ids, types, schema_versions, occurred_at, data, hashes)
      as event (stream, number, id, type, schema_version, occurred_at, data, hash)
    join unnest(stream_commands, streams, versions, places)
      with ordinality as listed (command, stream, version, place, number) on listed.number = event.stream
    where decisions[command] = 0;

    -- The chain: sha256(previous hash ‖ first position ‖ recorded at, in µs since 1970 ‖ hashes of the events),
    -- both numbers as 8 bytes, most significant first. `groupHash` in event-hash.ts computes the same.
    select sha256(head_hash || int8send(head_position + 1) || int8send((extract(epoch from recorded) * 1000000)::bigint)
      || string_agg(event.hash, ''::bytea order by event.number))
    into group_hash
    from unnest(event_streams, hashes) with ordinality as event (stream, hash, number)
    where decisions[stream_commands[event.stream]] = 0;
    insert into ledger.append_group (first_position, last_position, recorded_at, previous_hash, hash)
    values (head_position + 1, head_position + event_count, recorded, head_hash, group_hash);
    update ledger.head set position = head_position + event_count, hash = group_hash;

    -- Both look for themselves whether there is anything to do; to enter them costs more than to look here.
    if to_regclass('ledger.' || ledger.event_partition(
      (head_position + event_count) / ledger.events_per_partition() + 2)) is null then
      perform ledger.keep_partitions_ahead(head_position + event_count);
    end if;
    if exists (select from ledger.inline_projection) then
      perform ledger.run_inline_projections(head_position + 1, head_position + event_count);
    end if;
    perform pg_notify('ledger', (head_position + event_count)::text);
  end if;

  -- From here to the end of the transaction nothing else can be written, nor the head's lock be held by an idle session.
  perform set_config('idle_in_transaction_session_timeout', '2s', true);
  perform set_config('transaction_read_only', 'on', true);
end $$;
