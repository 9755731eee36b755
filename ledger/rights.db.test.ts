import { describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { note, testLedger } from './testing.ts'

const insert = (table: string): string =>
  `insert into ${table} select 9, id, stream, 9, type, schema_version, now() - interval '1 day', recorded_at,
     actor, command_id, correlation, causation, context, data, hash from ledger.event`

const attempts = [
  ...['ledger.event', 'ledger.event_00000'].flatMap((table) => [
    insert(table),
    `update ${table} set data = '{}'`,
    `delete from ${table}`,
    `truncate ${table}`,
    `merge into ${table} as e using (select 1) as one on true when matched then update set data = '{}'`,
    `${insert(table)} on conflict (position) do update set data = '{}'`,
  ]),
  `update ledger.append_group set hash = ''`,
  `truncate ledger.append_group`,
  `delete from ledger.command`,
]

describe('the log is append-only', () => {
  test('to the application: it has no right to anything but the append', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('a'))
    const forbidden = [
      ...attempts,
      `update ledger.head set position = 0`,
      `delete from ledger.stream`,
      `insert into ledger.command values ('x', 1, 1)`,
      `update ledger.person_key set key = null`,
      `insert into ledger.inline_projection values ('x', 'y')`,
      `select ledger.keep_partitions_ahead(99999999)`,
      `select ledger.add_event_partition(7)`,
      `select ledger.register_inline_projection('x', 'now'::regproc)`,
      `alter table ledger.event disable trigger all`,
      `alter table ledger.event detach partition ledger.event_00000`,
      `drop table ledger.event`,
      `set session_replication_role = replica`,
      `create table ledger.mine ()`,
    ]
    for (const attempt of forbidden) {
      await expect(log.pool.query(attempt), attempt).rejects.toMatchObject({ code: '42501' })
    }
    expect(await audit(log.pool)).toMatchObject({ events: 1, ok: true })
  })

  test('to the owner: triggers refuse what would change it', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('a'))
    const changes = attempts.filter((attempt) => !attempt.endsWith('from ledger.event'))
    for (const attempt of changes) {
      await expect(log.owner.query(attempt), attempt).rejects.toMatchObject({ code: '23001' })
    }
    expect(await audit(log.pool)).toMatchObject({ events: 1, ok: true })
  })

  test('the application does not choose what its append calls', async () => {
    await using log = await testLedger()
    await log.pool.query(`
      create temporary table event (position bigint);
      create function pg_temp.sha256(bytea) returns bytea language sql as 'select null::bytea';
      set search_path = pg_temp, public`)
    await log.ledger.append(note('a'))
    expect(await audit(log.owner)).toMatchObject({ events: 1, ok: true })
  })
})
