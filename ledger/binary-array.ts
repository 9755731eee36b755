/** An array as PostgreSQL takes it in binary (`array_recv`): a Buffer given to `pg` as a parameter is sent as it is. */
export type BinaryArray = Buffer

const objectIds = {
  int4: 23,
  int8: 20,
  text: 25,
  bytea: 17,
  uuid: 2950,
  jsonb: 3802,
  timestamptz: 1184,
}

/** PostgreSQL counts its instants from 2000-01-01 in µs. */
const epochMs = Date.UTC(2000, 0, 1)
const jsonbVersion = 1

export function integers(values: number[]): BinaryArray {
  return fixed('int4', 4, values, (value, bytes, at) => void bytes.writeInt32BE(value, at))
}

export function bigIntegers(values: number[]): BinaryArray {
  return fixed(
    'int8',
    8,
    values,
    (value, bytes, at) => void bytes.writeBigInt64BE(BigInt(value), at),
  )
}

/** @param values milliseconds since 1970 */
export function instants(values: number[]): BinaryArray {
  return fixed('timestamptz', 8, values, (value, bytes, at) => {
    bytes.writeBigInt64BE(BigInt(value - epochMs) * 1_000n, at)
  })
}

/** @param values as `01890a5d-ac96-774b-bcce-b302099a8057` */
export function uuids(values: string[]): BinaryArray {
  return fixed('uuid', 16, values, (value, bytes, at) => {
    bytes.write(value.replaceAll('-', ''), at, 'hex')
  })
}

/** @param values 32 bytes each */
export function hashes(values: Buffer[]): BinaryArray {
  return fixed('bytea', 32, values, (value, bytes, at) => void value.copy(bytes, at))
}

export function texts(values: (string | null)[]): BinaryArray {
  return ofTexts('text', values, Buffer.alloc(0))
}

/** @param values JSON */
export function jsons(values: (string | null)[]): BinaryArray {
  return ofTexts('jsonb', values, Buffer.of(jsonbVersion))
}

const headerBytes = 20
const lengthBytes = 4

function fixed<Value>(
  type: keyof typeof objectIds,
  sizeBytes: number,
  values: Value[],
  write: (value: Value, bytes: Buffer, at: number) => void,
): BinaryArray {
  const bytes = Buffer.allocUnsafe(headerBytes + values.length * (lengthBytes + sizeBytes))
  let at = writeHeader(bytes, type, values.length, false)
  for (const value of values) {
    at = bytes.writeInt32BE(sizeBytes, at)
    write(value, bytes, at)
    at += sizeBytes
  }
  return bytes
}

function ofTexts(type: 'text' | 'jsonb', values: (string | null)[], prefix: Buffer): BinaryArray {
  const total = values.reduce(
    (sum, value) =>
      sum + lengthBytes + (value === null ? 0 : prefix.length + Buffer.byteLength(value)),
    headerBytes,
  )
  const bytes = Buffer.allocUnsafe(total)
  let at = writeHeader(bytes, type, values.length, values.includes(null))
  for (const value of values) {
    if (value === null) {
      at = bytes.writeInt32BE(-1, at)
      continue
    }
    const start = at + lengthBytes
    prefix.copy(bytes, start)
    const sizeBytes = prefix.length + bytes.write(value, start + prefix.length)
    bytes.writeInt32BE(sizeBytes, at)
    at = start + sizeBytes
  }
  return bytes
}

/** Dimensions, whether there are nulls, the type, and the one dimension: its length and where it starts. */
function writeHeader(
  bytes: Buffer,
  type: keyof typeof objectIds,
  length: number,
  hasNull: boolean,
): number {
  const header = [1, hasNull ? 1 : 0, objectIds[type], length, 1]
  for (const [index, value] of header.entries()) bytes.writeInt32BE(value, index * 4)
  return headerBytes
}
