import type { ClientBase } from 'pg'

const parts = ['event', 'head', 'append_group', 'command', 'stream'].map((name) => `ledger.${name}`)

/** Whether the log is there: all of it, some of its tables, or nothing. */
export async function findLog(client: ClientBase): Promise<'whole' | 'in part' | 'none'> {
  const { rows } = await client.query<{ there: boolean; tables: number }>(
    `select to_regnamespace('ledger') is not null as there,
       (select count(to_regclass(name))::integer from unnest($1::text[]) as name) as tables`,
    [parts],
  )
  const { there, tables } = rows[0]!
  if (!there) return 'none'
  return tables === parts.length ? 'whole' : 'in part'
}

/**
 * What would no longer keep the log as it is, one sentence each: a trigger that is gone, off or
 * does something else; what stands between a table and whoever writes or reads it; and a right to
 * write that somebody besides the owner has got.
 */
export async function findUnguarded(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ says: string }>(
    `with logged as (
       select c.oid, n.nspname || '.' || c.relname as name, c.relacl, c.relowner, c.relrowsecurity,
         c.relname not in ('head', 'stream') as appended_only
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       where c.oid in (select relid from pg_partition_tree('ledger.event'))
         or c.oid = any ($1::text[]::regclass[])
     )
     select name || ' can be changed: its trigger refuse_change is gone, off or another' as says
     from logged
     where appended_only and not exists (
       select from pg_trigger as t
       join pg_proc as p on p.oid = t.tgfoid
       where t.tgrelid = logged.oid
         and p.oid = to_regprocedure('ledger.refuse_change()')
         and p.prosrc ~* '^\\s*begin\\s+raise exception\\s' and p.prosrc !~* 'exception\\s+when'
         and t.tgenabled in ('O', 'A') and t.tgqual is null and t.tgattr = ''
         and t.tgtype & 59 = 58) -- for each statement, before update, delete and truncate
     union all
     select name || ' has a rule, a policy or a trigger that is not the log''s own'
     from logged
     where relrowsecurity
       or exists (select from pg_rewrite where ev_class = logged.oid)
       or exists (
         select from pg_trigger as t join pg_proc as p on p.oid = t.tgfoid
         where t.tgrelid = logged.oid and not t.tgisinternal and p.pronamespace <> 'ledger'::regnamespace)
     union all
     select distinct name || ' can be written to by '
       || case granted.grantee when 0 then 'everybody' else 'the role ' || granted.grantee::regrole end
     from logged
     cross join lateral (
       select grantee, privilege_type from aclexplode(relacl)
       union all
       select column_right.grantee, column_right.privilege_type
       from pg_attribute as a cross join lateral aclexplode(a.attacl) as column_right
       where a.attrelid = logged.oid
     ) as granted
     where granted.grantee <> relowner
       and granted.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
     order by says`,
    [parts],
  )
  return rows.map(({ says }) => says)
}
