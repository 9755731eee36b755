import { z } from 'zod'
import { nameSchema, shareSchema } from '../toxic.ts'
import { distributionSchema } from './distribution.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'is no name of a header')
const headerValue = z
  .string()
  .max(8_000)
  .regex(/^[\t\x20-\x7e]*$/, 'is no value of a header')
const headers = z.record(headerName, headerValue).default({})
const status = z.int().min(200).max(599)
/** Whether the request is passed on, and its answer awaited to its end, before the fault strikes. */
const afterCommit = z.boolean().default(false)

const filterSchema = z.strictObject({
  /** `*` is any part of a segment, `**` anything; without the query. @default every path */
  path: z
    .string()
    .max(200)
    .regex(/^\//, 'must begin with /')
    .refine((path) => path.split('*').length <= 9, 'has too many stars')
    .optional(),
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/, 'is no method'))
    .min(1)
    .max(20)
    .optional(),
  /** All must be there with this very value; `*` is any value. */
  headers: z.record(headerName, z.string().max(8_000)).optional(),
})

const common = {
  /** @default the type */
  name: nameSchema.optional(),
  filter: filterSchema.prefault({}),
  /** The share of the requests that the filter lets through. */
  share: shareSchema.default(1),
  /** Only the first so many of them; the others succeed. @default all */
  first: z.int().min(1).max(1_000_000).optional(),
}

/** A fault of HTTP as it is asked for: all but `type` and what its effect needs may be left out. */
export const httpFaultSchema = z.discriminatedUnion('type', [
  /** Holds the request, or the answer from its first byte on. */
  z.strictObject({
    ...common,
    type: z.literal('delay'),
    attributes: distributionSchema,
    hold: z.enum(['request', 'response']).default('response'),
  }),
  /** Answers in the server's place. */
  z.strictObject({
    ...common,
    type: z.literal('status'),
    attributes: z.strictObject({
      status,
      body: z.string().max(65_536).default(''),
      headers,
      afterCommit,
    }),
  }),
  /** Resets the client's connection instead of an answer. */
  z.strictObject({
    ...common,
    type: z.literal('drop'),
    attributes: z.strictObject({ afterCommit }).prefault({}),
  }),
  /** Cuts the answer's body: by a reset, or cleanly, as if that were all. */
  z.strictObject({
    ...common,
    type: z.literal('truncate'),
    attributes: z.strictObject({
      bytes: z.int().min(0),
      clean: z.boolean().default(false),
    }),
  }),
  /** Changes the answer's headers. */
  z.strictObject({
    ...common,
    type: z.literal('header'),
    attributes: z.strictObject({ set: headers, remove: z.array(headerName).max(50).default([]) }),
  }),
])

export type HttpFaultRequest = z.input<typeof httpFaultSchema>
export type HttpFault = z.output<typeof httpFaultSchema> & { name: string }
export type HttpFaultOf<Type extends HttpFault['type']> = Extract<HttpFault, { type: Type }>
