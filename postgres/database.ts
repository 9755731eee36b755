import { escapeIdentifier } from 'pg'
import { connect } from './connection.ts'

/** Creates an empty database and returns its URL. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await administer(serverUrl, `create database ${escapeIdentifier(name)}`)
  return withDatabase(serverUrl, name)
}

/** Creates a copy of `template`, to which nobody may be connected, and returns its URL. */
export async function cloneDatabase(
  serverUrl: string,
  { template, name }: { template: string; name: string },
): Promise<string> {
  // Copying files beats the write-ahead log for all but the smallest templates, and shares blocks
  // on a file system that can.
  await administer(
    serverUrl,
    `create database ${escapeIdentifier(name)}
       template ${escapeIdentifier(template)} strategy file_copy`,
  )
  return withDatabase(serverUrl, name)
}

/** Drops the database, if it is there, and ends every connection to it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await administer(serverUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`)
}

/** The URL of another database on the same server, as the same user. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  await using server = await connect(serverUrl)
  await server.client.query(statement)
}
