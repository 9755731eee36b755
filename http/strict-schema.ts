import type { RouteOptions } from 'fastify'
import { z } from 'zod'

/**
 * Refuses, while the server is put together, a body or query whose schema would let unknown fields pass in
 * silence. Zod's `z.object` does; `z.strictObject` doesn't, and `z.looseObject` says that it is meant.
 */
export function requireStrictSchemas(route: RouteOptions): void {
  for (const part of ['body', 'querystring'] as const) {
    const schema = route.schema?.[part]
    if (!(schema instanceof z.ZodType)) continue
    const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    const lax = laxObjectIn(described, part)
    if (lax === undefined) continue
    throw new Error(
      `${String(route.method)} ${route.url}: ${lax} lets unknown fields pass; make it a z.strictObject`,
    )
  }
}

/** The path of the first object that has named fields and says nothing of others. */
function laxObjectIn(node: unknown, path: string): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  if ('properties' in node && !('additionalProperties' in node)) return path
  for (const [key, child] of Object.entries(node)) {
    const found = laxObjectIn(child, key === 'properties' ? path : `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}
