import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Arm, TelemetryLog, TelemetryPoint, TelemetrySpan } from '../api-types.ts'
import { inTransaction, type Store } from './store.ts'

export type KeptSpan = TelemetrySpan
export type KeptLog = TelemetryLog
export type KeptPoint = TelemetryPoint

/** One page of a run's telemetry, in the order in which it was written. `next`: where the one after begins. */
export type Page<Item> = { items: Item[]; next?: number }

/** `after`: the `next` of the page before. */
export type PageOrder = { limit: number; after: number }

export function insertSpans(store: Store, run: string, spans: readonly KeptSpan[]): void {
  insert(
    store,
    `insert into span (run, trace_id, span_id, parent_id, name, kind, started_us, duration_ns, status,
                       attributes, events, links) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    spans.map((span) => [
      run,
      span.traceId,
      span.spanId,
      span.parentId ?? null,
      span.name,
      span.kind,
      span.startedUs,
      Math.round(span.durationUs * 1_000),
      span.status,
      JSON.stringify(span.attributes),
      JSON.stringify(span.events),
      JSON.stringify(span.links),
    ]),
  )
}

export function insertLogs(store: Store, run: string, logs: readonly KeptLog[]): void {
  insert(
    store,
    `insert into log (run, at_us, severity, body, attributes, trace_id, span_id)
     values (?, ?, ?, ?, ?, ?, ?)`,
    logs.map(({ atUs, severity, body, attributes, traceId, spanId }) => [
      run,
      atUs,
      severity,
      body,
      JSON.stringify(attributes),
      traceId ?? null,
      spanId ?? null,
    ]),
  )
}

export function insertPoints(store: Store, run: string, points: readonly KeptPoint[]): void {
  insert(
    store,
    `insert into metric_point (run, metric, arm, round, at, at_ms, value)
     values (?, ?, ?, ?, ?, ?, ?)`,
    points.map(({ metric, arm, round, at, atMs, value }) => [
      run,
      metric,
      arm,
      round,
      at,
      atMs,
      value,
    ]),
  )
}

function insert(store: Store, sql: string, rows: readonly SQLInputValue[][]): void {
  if (rows.length === 0) return
  const statement = store.database.prepare(sql)
  inTransaction(store, () => {
    for (const row of rows) statement.run(...row)
  })
}

export function listSpans(store: Store, run: string, order: PageOrder): Page<KeptSpan> {
  return page(store, 'span', run, order, spanOf)
}

/** The spans of toxics of the proxy: one for each connection that one hit. */
export function listToxics({ database }: Store, run: string): KeptSpan[] {
  return database
    .prepare(
      `select * from span
        where run = ? and json_extract(attributes, '$."lab.toxic"') is not null order by id`,
    )
    .all(run)
    .map(spanOf)
}

function spanOf(row: Row): KeptSpan {
  return {
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    ...(row['parent_id'] !== null && { parentId: String(row['parent_id']) }),
    name: String(row['name']),
    kind: row['kind'] as KeptSpan['kind'],
    startedUs: Number(row['started_us']),
    durationUs: Number(row['duration_ns']) / 1_000,
    status: row['status'] as KeptSpan['status'],
    attributes: parsed(row['attributes']) as KeptSpan['attributes'],
    events: parsed(row['events']) as KeptSpan['events'],
    links: parsed(row['links']) as KeptSpan['links'],
  }
}

export function listLogs(store: Store, run: string, order: PageOrder): Page<KeptLog> {
  return page(store, 'log', run, order, (row) => ({
    atUs: Number(row['at_us']),
    severity: String(row['severity']),
    body: String(row['body']),
    attributes: parsed(row['attributes']) as KeptLog['attributes'],
    ...(row['trace_id'] !== null && { traceId: String(row['trace_id']) }),
    ...(row['span_id'] !== null && { spanId: String(row['span_id']) }),
  }))
}

export function listPoints(store: Store, run: string, order: PageOrder): Page<KeptPoint> {
  return page(store, 'metric_point', run, order, pointOf)
}

/** The last point of each metric in each arm and round of a run. */
export function lastPoints({ database }: Store, run: string): KeptPoint[] {
  return database
    .prepare(
      `select * from metric_point where id in
         (select max(id) from metric_point where run = ? group by metric, arm, round) order by id`,
    )
    .all(run)
    .map(pointOf)
}

type Row = Record<string, SQLOutputValue>

function page<Item>(
  { database }: Store,
  table: 'span' | 'log' | 'metric_point',
  run: string,
  { limit, after }: PageOrder,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const rows = database
    .prepare(`select * from ${table} where run = ? and id > ? order by id limit ?`)
    .all(run, after, limit)
  const last = rows.at(-1)?.['id']
  const next = rows.length === limit && last !== undefined ? { next: Number(last) } : {}
  return { items: rows.map(itemOf), ...next }
}

function pointOf(row: Row): KeptPoint {
  return {
    metric: String(row['metric']),
    arm: row['arm'] as Arm,
    round: Number(row['round']),
    at: String(row['at']),
    atMs: Number(row['at_ms']),
    value: Number(row['value']),
  }
}

function parsed(text: unknown): unknown {
  return JSON.parse(String(text))
}
