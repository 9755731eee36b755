/** An attempt to change what was recorded, as SQL; in the log are the groups 1–3, 4–5 and 6. */
export interface Attack {
  attempt: string
  /** What it is tried on. */
  on: string
  sql: string
}

/** Every attempt that the table in *Domain and Data Immutability* answers for. */
export function allAttacks(): Attack[] {
  return [
    ...attacksOnEvents('the log', 'ledger.event'),
    ...attacksOnEvents('a partition', 'ledger.event_00000'),
    ...attacksOnShape,
    ...attacksOnChain,
    ...attacksOnGuards,
    ...attacksOnEverything,
  ]
}

const change = (table: string): string =>
  `update ${table} set data = '{"n": 41}' where position = 4;`

const insert = (table: string, { position, recordedAt }: Forged): string =>
  `insert into ${table} select ${position}, gen_random_uuid(), stream, version + 1, type, schema_version,
     occurred_at, ${recordedAt}, actor, command_id, correlation, causation, context, data, hash
   from ledger.event where position = 6`

type Forged = { position: number; recordedAt: string }

function attacksOnEvents(on: string, table: string): Attack[] {
  const forgedPosition = insert(table, { position: 99, recordedAt: 'recorded_at' })
  const forgedDate = insert(table, { position: 7, recordedAt: `recorded_at - interval '1 year'` })
  const attempts = {
    'INSERT at a position of one’s own': forgedPosition,
    'INSERT with a date of one’s own': forgedDate,
    'INSERT … ON CONFLICT DO UPDATE': `${insert(table, { position: 4, recordedAt: 'recorded_at' })}
      on conflict (position) do update set data = excluded.data`,
    UPDATE: change(table),
    DELETE: `delete from ${table} where position = 4`,
    MERGE: `merge into ${table} as e using (select 4 as position) as wanted on e.position = wanted.position
      when matched then update set data = '{"n": 41}'`,
    TRUNCATE: `truncate ${table}`,
    'DROP TABLE': `drop table ${table}`,
    'DISABLE TRIGGER, and nothing else': `alter table ${table} disable trigger refuse_change`,
    'DISABLE TRIGGER, UPDATE, ENABLE TRIGGER': `alter table ${table} disable trigger refuse_change;
      ${change(table)} alter table ${table} enable trigger refuse_change`,
    'DROP TRIGGER': `drop trigger refuse_change on ${table}`,
    '`session_replication_role = replica`, UPDATE': `set local session_replication_role = replica; ${change(table)}
      set local session_replication_role = origin`,
    'RULE that swallows every INSERT': `create rule swallow as on insert to ${table} do instead nothing`,
  }
  return Object.entries(attempts).map(([attempt, sql]) => ({ attempt, on, sql }))
}

const attacksOnShape: Attack[] = [
  {
    attempt: 'DETACH PARTITION',
    on: 'the log',
    sql: `alter table ledger.event detach partition ledger.event_00000`,
  },
  {
    attempt: 'ALTER COLUMN … USING another value',
    on: 'the log',
    sql: `alter table ledger.event alter column actor type text using 'somebody else'`,
  },
]

const attacksOnChain: Attack[] = [
  {
    attempt: 'UPDATE',
    on: 'the groups',
    sql: `update ledger.append_group set recorded_at = recorded_at - interval '1 year' where first_position = 4`,
  },
  {
    attempt: 'DELETE',
    on: 'the commands',
    sql: `delete from ledger.command where first_position = 4`,
  },
  {
    attempt: 'INSERT',
    on: 'the commands',
    sql: `insert into ledger.command (command_id, first_position, last_position) values ('never sent', 4, 4)`,
  },
  {
    attempt: 'UPDATE',
    on: 'the streams',
    sql: `update ledger.stream set version = 1 where stream = 'a'`,
  },
  { attempt: 'UPDATE', on: 'the head', sql: `update ledger.head set position = 5` },
  { attempt: 'DELETE', on: 'the head', sql: `delete from ledger.head` },
]

const attacksOnGuards: Attack[] = [
  {
    attempt: 'CREATE OR REPLACE of what the triggers call',
    on: 'the guards',
    sql: `create or replace function ledger.refuse_change() returns trigger language plpgsql
      as $$ begin return null; end $$`,
  },
  {
    attempt: 'GRANT INSERT to the application',
    on: 'the guards',
    sql: `grant insert on ledger.event to pet`,
  },
  {
    attempt: 'GRANT UPDATE of one column to everybody',
    on: 'the guards',
    sql: `grant update (data) on ledger.event_00000 to public`,
  },
]

const triggers = (verb: 'enable' | 'disable'): string =>
  ['event', 'event_00000', 'append_group', 'command']
    .map((table) => `alter table ledger.${table} ${verb} trigger refuse_change;`)
    .join(' ')

const withoutTriggers = (sql: string): string =>
  `${triggers('disable')} ${sql}; ${triggers('enable')}`

const attacksOnEverything: Attack[] = [
  {
    attempt: 'cutting off the end, and every trace of it',
    on: 'everything',
    sql: withoutTriggers(`
      delete from ledger.event where position = 6;
      delete from ledger.append_group where first_position = 6;
      delete from ledger.command where first_position = 6;
      update ledger.stream set version = 3 where stream = 'a';
      update ledger.head set (position, hash) =
        (select last_position, hash from ledger.append_group where first_position = 4)`),
  },
  {
    attempt: 'writing the history anew, with a chain that fits',
    on: 'everything',
    sql: withoutTriggers(`
      delete from ledger.event where position in (4, 5);
      update ledger.event set position = 4 where position = 6;
      delete from ledger.append_group where first_position = 4;
      update ledger.append_group as last set first_position = 4, last_position = 4, previous_hash = first.hash,
        hash = sha256(first.hash || int8send(4)
          || int8send((extract(epoch from last.recorded_at) * 1000000)::bigint)
          || (select hash from ledger.event where position = 4))
        from ledger.append_group as first where first.first_position = 1 and last.first_position = 6;
      delete from ledger.command where first_position = 4;
      update ledger.command set first_position = 4, last_position = 4 where first_position = 6;
      delete from ledger.stream where stream = 'b';
      update ledger.head set (position, hash) =
        (select last_position, hash from ledger.append_group where first_position = 4)`),
  },
  { attempt: 'DROP SCHEMA', on: 'everything', sql: `drop schema ledger cascade` },
]
