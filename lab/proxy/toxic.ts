import { z } from 'zod'

const longestMs = 3_600_000
const milliseconds = z.int().min(0).max(longestMs).default(0)

/**
 * What each toxic may be told, under Toxiproxy's names and with its defaults. Beyond a limit a
 * request is refused, never clamped.
 */
const attributesOf = {
  /** Holds everything for `latency` ± `jitter` ms; the order is kept. */
  latency: z.strictObject({ latency: milliseconds, jitter: milliseconds }),
  /** At most `rate` kB/s (1 000 bytes); at 0 nothing passes until the toxic is changed or removed. */
  bandwidth: z.strictObject({ rate: z.int().min(0).max(1_000_000).default(0) }),
  /** Passes the end of the stream on `delay` ms late. */
  slow_close: z.strictObject({ delay: milliseconds }),
  /** Lets nothing through, and closes the connection after `timeout` ms; at 0 it stays open. */
  timeout: z.strictObject({ timeout: milliseconds }),
  /** Resets the connection `timeout` ms after the first bytes. */
  reset_peer: z.strictObject({ timeout: milliseconds }),
  /** Cuts into pieces of `average_size` ± `size_variation` bytes, `delay` µs apart. */
  slicer: z
    .strictObject({
      average_size: z.int().min(1).max(1_048_576),
      size_variation: z.int().min(0).max(1_048_575).default(0),
      delay: z.int().min(0).max(10_000_000).default(0),
    })
    .refine(({ average_size, size_variation }) => size_variation < average_size, {
      path: ['size_variation'],
      message: 'must be smaller than average_size',
    }),
  /** Closes the connection after `bytes` bytes. */
  limit_data: z.strictObject({ bytes: z.int().min(0).default(0) }),
}

export type ToxicType = keyof typeof attributesOf

/** `upstream`: from the client to the server; `downstream`: from the server to the client. */
export const streams = ['upstream', 'downstream'] as const
export type Stream = (typeof streams)[number]

/** What a proxy or a toxic may be called: it stands in paths. */
export const nameSchema = z
  .string()
  .regex(/^[\w.:~@ -]{1,100}$/, 'expected 1 to 100 letters, digits or any of _ . : ~ @ - and space')

export const shareSchema = z.number().min(0).max(1)

const common = {
  /** @default `<type>_<stream>` */
  name: nameSchema.optional(),
  stream: z.enum(streams).default('downstream'),
  /** The share of connections that it hits. */
  toxicity: shareSchema.default(1),
}

/** A toxic as it is asked for: all but `type` may be left out. */
export const toxicSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('latency'),
    attributes: attributesOf.latency.prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('bandwidth'),
    attributes: attributesOf.bandwidth.prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('slow_close'),
    attributes: attributesOf.slow_close.prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('timeout'),
    attributes: attributesOf.timeout.prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('reset_peer'),
    attributes: attributesOf.reset_peer.prefault({}),
  }),
  z.strictObject({ ...common, type: z.literal('slicer'), attributes: attributesOf.slicer }),
  z.strictObject({
    ...common,
    type: z.literal('limit_data'),
    attributes: attributesOf.limit_data.prefault({}),
  }),
])

export type ToxicRequest = z.input<typeof toxicSchema>
export type Toxic = z.output<typeof toxicSchema> & { name: string }

/** Part of a change that may come along as it was, as clients send it. */
export const toxicChangeSchema = z.strictObject({
  name: z.unknown().optional(),
  type: z.unknown().optional(),
  stream: z.unknown().optional(),
  toxicity: shareSchema.optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
})
export type ToxicChange = Pick<z.input<typeof toxicChangeSchema>, 'toxicity' | 'attributes'>
