-- Projections: whose tables are where, and how a model is rebuilt beside the one that is read.
--
-- A projection has a schema of its own and writes every table in it, naming them without the schema. Whoever runs
-- the projection says by the search path which tables are meant: the live ones, or the copies that a rebuild fills.

create table ledger.projection_schema (
  projection text primary key,
  schema text not null unique
);

-- A rebuild under way: the copies are in the schema rebuild_<schema> and hold what follows from the log up to the
-- checkpoint. `made_for` is what the live tables looked like; copies of others are of no use.
create table ledger.rebuild (
  projection text primary key references ledger.projection_schema,
  version integer not null,
  made_for text not null,
  checkpoint bigint not null default 0,
  started_at timestamptz not null default now()
);

create function ledger.register_projection(projection_name text, projection_schema regnamespace) returns void
language sql
as $$
  insert into ledger.projection_schema (projection, schema)
  select projection_name, nspname from pg_namespace where oid = projection_schema
  on conflict (projection) do update set schema = excluded.schema
$$;

-- An inline projection is a function (first bigint, last bigint) returns void in the schema of its tables, which
-- runs as the log's owner inside the append.
create function ledger.register_inline_projection(projection_name text, projection_function regproc)
returns void
language plpgsql
as $$
declare
  home regnamespace;
begin
  select pronamespace into home
  from pg_proc
  where oid = projection_function
    and pg_get_function_identity_arguments(oid) ~ '^(\w+ )?bigint, (\w+ )?bigint$'
    and prorettype = 'void'::regtype;
  if home is null then
    raise exception 'An inline projection is a function (first bigint, last bigint) returns void; % is not',
      projection_function using errcode = 'invalid_function_definition';
  end if;
  perform ledger.register_projection(projection_name, home);
  insert into ledger.inline_projection (name, function)
  select projection_name, format('%I.%I', nspname, proname)
  from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
  where pg_proc.oid = projection_function
  on conflict (name) do update set function = excluded.function;
end $$;

create function ledger.run_inline_projections(first bigint, last bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  inline record;
begin
  for inline in
    select p.function, s.schema
    from ledger.inline_projection as p
    join ledger.projection_schema as s on s.projection = p.name
    order by p.name
  loop
    perform set_config('search_path', format('%I, pg_temp', inline.schema), true);
    execute 'select ' || inline.function || '($1, $2)' using first, last;
  end loop;
end $$;

-- Makes the empty copies, or finds those of a rebuild that was interrupted, and returns the position that they
-- stand for. Holds them until the end of the transaction; null when somebody else does, or when the live model is
-- of this version already and is not to be built `again`.
create function ledger.begin_rebuild(projection_name text, projection_version integer, again boolean)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  live text := ledger.rebuildable_schema(projection_name);
  copies text := 'rebuild_' || live;
  looks text := ledger.looks_of(projection_name, live);
  known record;
  table_name name;
begin
  if not pg_try_advisory_xact_lock(hashtextextended(copies, 0)) then
    return null;
  end if;
  if not again
    and exists (select from ledger.projection where name = projection_name and version >= projection_version) then
    return null;
  end if;
  perform set_config('ledger.live_writes', ledger.writes_to(live)::text, true);
  select version, made_for, checkpoint into known from ledger.rebuild where projection = projection_name;
  if found and known.version > projection_version then
    return null;
  elsif found and known.version = projection_version and known.made_for = looks then
    return known.checkpoint;
  end if;
  perform ledger.drop_copies(projection_name, copies);
  execute format('create schema %I', copies);
  for table_name in select relname from pg_class where relnamespace = live::regnamespace and relkind = 'r' loop
    execute format('create table %I.%I (like %I.%I including all)', copies, table_name, live, table_name);
  end loop;
  if not exists (select from ledger.inline_projection where name = projection_name) then
    execute format('grant usage on schema %I to pet', copies);
    execute format('grant select, insert, update, delete on all tables in schema %I to pet', copies);
  end if;
  insert into ledger.rebuild (projection, version, made_for)
  values (projection_name, projection_version, looks);
  return 0;
end $$;

-- The copies hold what follows from the log up to here.
create function ledger.note_rebuilt(projection_name text, reached bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ledger.refuse_live_writes(projection_name, ledger.rebuildable_schema(projection_name));
  update ledger.rebuild set checkpoint = reached where projection = projection_name;
end $$;

-- How many rows of each live table the copies differ in: live rows to remove, rows of the copies to add (a changed
-- row is one of each).
create function ledger.compare_rebuild(projection_name text)
returns table (table_name text, removed bigint, added bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
  live text := ledger.rebuildable_schema(projection_name);
  same text;
begin
  perform ledger.refuse_live_writes(projection_name, live);
  for table_name, same in select * from ledger.same_key(live) loop
    execute format('analyze %I.%I', 'rebuild_' || live, table_name);
    execute format(
      'select count(*) filter (where copy is null or not copy *= live),
         count(*) filter (where live is null or not copy *= live)
       from %1$I.%3$I as live full join %2$I.%3$I as copy on %4$s',
      live, 'rebuild_' || live, table_name, same
    ) into removed, added;
    return next;
  end loop;
end $$;

-- Makes the live tables equal to the copies, and drops these. To whoever reads, all of it happens at the moment
-- of the commit; rows that are equal already are not touched, and nobody is kept waiting.
create function ledger.swap_rebuild(projection_name text)
returns table (table_name text, removed bigint, added bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
set work_mem = '64MB'
as $$
declare
  live text := ledger.rebuildable_schema(projection_name);
  copies text := 'rebuild_' || live;
  same text;
  columns text;
begin
  perform ledger.refuse_live_writes(projection_name, live);
  for table_name, same in select * from ledger.same_key(live) loop
    execute format('analyze %I.%I', copies, table_name);
    execute format(
      'delete from %1$I.%3$I as live
       where not exists (select from %2$I.%3$I as copy where %4$s and copy *= live)',
      live, copies, table_name, same);
    get diagnostics removed = row_count;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
    from pg_attribute
    where attrelid = format('%I.%I', live, table_name)::regclass
      and attnum > 0 and not attisdropped and attgenerated = '';
    execute format(
      'insert into %1$I.%3$I (%5$s) overriding system value
       select %5$s from %2$I.%3$I as copy
       where not exists (select from %1$I.%3$I as live where %4$s)',
      live, copies, table_name, same, columns);
    get diagnostics added = row_count;
    return next;
  end loop;
  perform ledger.drop_copies(projection_name, copies);
end $$;

-- A projection that names its schema writes the live tables, also while it is rebuilt: what it left in the copies
-- would be nothing, and the swap would make the live tables the same. (The counts of a session that are not flushed
-- yet may include earlier transactions; hence the difference.)
create function ledger.refuse_live_writes(projection_name text, live text) returns void
language plpgsql
as $$
begin
  if ledger.writes_to(live) <> current_setting('ledger.live_writes')::bigint then
    raise exception 'The projection "%" wrote to the tables that are read while it was rebuilt beside them',
      projection_name
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'It must name its tables without the schema ' || live || '.';
  end if;
end $$;

create function ledger.writes_to(live text) returns bigint
language sql
as $$
  select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
  from pg_stat_xact_user_tables where schemaname = live
$$;

create function ledger.drop_copies(projection_name text, copies text) returns void
language plpgsql
as $$
begin
  execute format('drop schema if exists %I cascade', copies);
  delete from ledger.rebuild where projection = projection_name;
end $$;

-- The tables of a schema, each with the condition that joins `live` and `copy` on its primary key.
create function ledger.same_key(live text) returns table (table_name text, condition text)
language sql
as $$
  select c.relname, string_agg(format('live.%1$I = copy.%1$I', a.attname), ' and ')
  from pg_class as c
  join pg_index as i on i.indrelid = c.oid and i.indisprimary
  join pg_attribute as a on a.attrelid = c.oid and a.attnum = any(i.indkey)
  where c.relnamespace = live::regnamespace and c.relkind = 'r'
  group by c.relname
  order by c.relname
$$;

-- What a rebuild depends on besides the log: the columns of the live tables, and the code where it is in the database.
create function ledger.looks_of(projection_name text, live text) returns text
language sql
as $$
  select md5(string_agg(line, ' ' order by line))
  from (
    select format('%s %s %s %s', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)) as line
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = live::regnamespace and c.relkind = 'r'
    union all
    select prosrc from pg_proc join ledger.inline_projection on function::regproc = pg_proc.oid
    where name = projection_name
  ) as lines
$$;

create function ledger.rebuildable_schema(projection_name text) returns text
language plpgsql
as $$
declare
  live text;
  without_key text;
begin
  select schema into live from ledger.projection_schema where projection = projection_name;
  if live is null then
    raise exception 'There is no projection "%" that has tables', projection_name
      using errcode = 'undefined_object',
        hint = 'A migration says where they are: select ledger.register_projection(name, schema).';
  end if;
  -- In a function with the owner's rights: the owner's models are not the application's to rewrite.
  if exists (select from ledger.inline_projection where name = projection_name)
    and not pg_has_role(session_user, current_user, 'member') then
    raise exception 'The inline projection "%" is rebuilt by the owner of the log', projection_name
      using errcode = 'insufficient_privilege';
  end if;
  select relname into without_key
  from pg_class as c
  where relnamespace = live::regnamespace and relkind = 'r'
    and not exists (select from pg_index where indrelid = c.oid and indisprimary);
  if found then
    raise exception 'The table %.% has no primary key; a projection''s needs one', live, without_key
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return live;
end $$;

revoke all on ledger.projection_schema, ledger.rebuild from public;
revoke all on all functions in schema ledger from public;

grant select on ledger.projection_schema, ledger.rebuild to pet;
grant execute on function ledger.begin_rebuild(text, integer, boolean), ledger.note_rebuilt(text, bigint),
  ledger.compare_rebuild(text), ledger.swap_rebuild(text) to pet;
