import type { ClientBase } from 'pg'

/** A group that the walk did not come upon: it starts inside of another, or after the head. */
export async function firstStrayGroup(client: ClientBase): Promise<number | null> {
  return firstPosition(
    client,
    `select min(first_position) as position
     from (select first_position, last_position, lag(last_position, 1, 0::bigint) over (order by first_position) as before
           from ledger.append_group) as followed
     where first_position <> before + 1 or last_position > (select position from ledger.head)`,
  )
}

/** Versions count 1, 2, 3, … in the order of the positions. */
export async function firstBrokenVersion(client: ClientBase): Promise<number | null> {
  return firstPosition(
    client,
    `select min(position) as position from (
       select position, version, row_number() over (partition by stream order by position) as expected
       from ledger.event
     ) as counted
     where version <> expected`,
  )
}

/** Each stream's last version is what the next append will take it for. */
export async function firstBrokenStream(client: ClientBase): Promise<number | null> {
  return firstPosition(
    client,
    `with counted as (
       select stream, max(position) as position, max(version) as version
       from ledger.event group by stream
     )
     select min(coalesce(counted.position, 1)) as position
     from counted full join ledger.stream using (stream)
     where counted.version is distinct from stream.version`,
  )
}

/** Every event lies within its command's positions, and nothing else does. */
export async function firstBrokenCommand(client: ClientBase): Promise<number | null> {
  return firstPosition(
    client,
    `with run as (
       select command_id, min(position) as first_position, max(position) as last_position
       from ledger.event group by command_id
     )
     select min(least(run.first_position, command.first_position)) as position
     from run full join ledger.command using (command_id)
     where (run.first_position, run.last_position)
       is distinct from (command.first_position, command.last_position)`,
  )
}

async function firstPosition(client: ClientBase, query: string): Promise<number | null> {
  const { rows } = await client.query<{ position: string | null }>(query)
  const position = rows[0]?.position ?? null
  return position === null ? null : Number(position)
}
