#!/usr/bin/env node
// Verifies a log that PET exported, with nothing but Node (18 or newer): no database, no package, no network.
//
//   node verify-log.mjs LOG [HEAD ...]
//
// LOG is what `pet export` wrote, packed by gzip or not; each HEAD is a file of `pet audit --export`.
// Every event's hash is recomputed from the event, every link of the chain from the hashes, and the log must go
// through each head. Exit code 0: all of it holds; 1: it does not, and where is said; 2: the input can't be read.
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

class Broken extends Error {}

const [file, ...headFiles] = process.argv.slice(2)
try {
  if (file === undefined) throw new Error('Usage: node verify-log.mjs LOG [HEAD ...]')
  const { position, hash } = await verify(linesOf(file), headFiles.map(readHead))
  const through = headFiles.length > 0 ? `, and goes through ${headFiles.join(', ')}` : ''
  console.log(`The log holds: ${position} events, the chain ends in ${hash}${through}.`)
} catch (error) {
  console.error(error.message)
  process.exitCode = error instanceof Broken ? 1 : 2
}

/** Lines are: what this is; then for each group its events and the group; at last the head. */
async function verify(lines, heads) {
  const versions = new Map()
  let position = 0
  let hash = Buffer.alloc(32)
  let group = [] // the events since the last group's end
  let begun = false
  let ended = false
  for await (const line of lines) {
    const item = parse(line, position + group.length + 1)
    if (ended) throw new Broken('There is something after the end of the log.')
    if (!begun) begin(item)
    else if (item.event) group.push(checkEvent(item.event, position + group.length + 1, versions))
    else if (item.group) closeGroup(item.group)
    else end(item.head)
  }
  if (!ended) throw new Broken(`The log was cut off after position ${position}.`)
  const unmet = heads.find((head) => head.position > position)
  if (unmet) throw new Broken(`The log ends at ${position}, before the head at ${unmet.position}.`)
  return { position, hash: hash.toString('hex') }

  function begin({ format }) {
    if (format !== 'pet-log-1') throw new Error('This is not a log that PET exported.')
    begun = true
  }

  function closeGroup(claimed) {
    const first = position + 1
    const last = position + group.length
    if (group.length === 0 || claimed.first !== first || claimed.last !== last)
      throw new Broken(
        `A group claims the positions ${claimed.first} to ${claimed.last}, expected ${first} to ${last}.`,
      )
    hash = groupHash(hash, first, group)
    position = last
    group = []
    if (claimed.hash !== hash.toString('hex'))
      throw new Broken(
        `The chain breaks at position ${first}: the group does not follow from what was before.`,
      )
    for (const head of heads)
      if (
        head.position >= first &&
        (head.position < last || (head.position === last && head.hash !== claimed.hash))
      )
        throw new Broken(
          `The log does not go through the head at position ${head.position}: it was another.`,
        )
  }

  function end(head) {
    if (
      !head ||
      group.length > 0 ||
      head.position !== position ||
      head.hash !== hash.toString('hex')
    )
      throw new Broken(`The head is not where the chain ends, after position ${position}.`)
    ended = true
  }
}

function checkEvent({ position, version, recordedAt, hash, ...written }, expected, versions) {
  if (position !== expected) throw new Broken(`Position ${expected} is missing.`)
  const before = versions.get(written.stream) ?? 0
  if (version !== before + 1)
    throw new Broken(
      `Position ${position} is version ${version} of its stream, expected ${before + 1}.`,
    )
  versions.set(written.stream, version)
  const computed = createHash('sha256').update(canonical(written)).digest()
  if (computed.toString('hex') !== hash)
    throw new Broken(`Position ${position} is not as it was written.`)
  return { computed, recordedAt, position }
}

/** sha256(previous hash ‖ first position ‖ recorded at, in µs since 1970 ‖ hashes of the events), numbers as 8 bytes. */
function groupHash(previous, first, events) {
  const recordedAt = events[0]?.recordedAt ?? ''
  const stray = events.find((event) => event.recordedAt !== recordedAt)
  if (stray)
    throw new Broken(`Position ${stray.position} was recorded at another time than its group.`)
  const numbers = Buffer.alloc(16)
  numbers.writeBigInt64BE(BigInt(first), 0)
  numbers.writeBigInt64BE(microsOf(recordedAt), 8)
  const sum = createHash('sha256').update(previous).update(numbers)
  for (const { computed } of events) sum.update(computed)
  return sum.digest()
}

/** `2026-11-23T01:02:03.004005Z` in microseconds since 1970. */
function microsOf(recordedAt) {
  const [, seconds, micros] = /^(.+)\.(\d{6})Z$/.exec(recordedAt) ?? []
  if (seconds === undefined || Number.isNaN(Date.parse(`${seconds}Z`)))
    throw new Broken(`"${recordedAt}" is no time that was recorded.`)
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(micros)
}

/** A line is the canonical form of what it says: nothing is hidden between what is read and what is hashed. */
function parse(line, position) {
  let item
  try {
    item = JSON.parse(line)
  } catch {
    throw new Broken(`The line at position ${position} was cut off or is no JSON.`)
  }
  if (canonical(item) === line) return item
  throw new Broken(`The line at position ${position} is not as it was exported.`)
}

/** RFC 8785: keys in order of their UTF-16 code units, no spaces, numbers as ECMAScript writes them. */
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

async function* linesOf(path) {
  const gzip = Buffer.from([0x1f, 0x8b])
  const packed = (await readStart(path, gzip.length)).equals(gzip)
  const source = createReadStream(path)
  const text = packed ? source.pipe(createGunzip()) : source
  source.on('error', (error) => text.destroy(error))
  let rest = ''
  try {
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n') // not by node:readline, which also ends lines at U+2028
      rest = lines.pop()
      yield* lines
    }
  } catch (error) {
    if (error instanceof Broken || !String(error.code).startsWith('Z_')) throw error
    throw new Broken(`The file is damaged or was cut off: ${error.message}.`)
  }
  if (rest !== '') yield rest
}

async function readStart(path, length) {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function readHead(path) {
  const { digest, ...statement } = JSON.parse(readFileSync(path, 'utf8'))
  const computed = createHash('sha256').update(canonical(statement)).digest('hex')
  if (statement.format === 'pet-log-head-1' && digest === computed) return statement
  throw new Error(`${path} is not a head as it was exported.`)
}
