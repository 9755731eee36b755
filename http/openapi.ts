import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { HttpServer } from './server.ts'

/**
 * Describes the routes that are registered after it as OpenAPI 3.1, at `path`.
 * Await it before the first route: what is registered earlier goes unseen.
 */
export async function describeApi(
  app: HttpServer,
  { title, version, path = '/api/openapi.json' }: { title: string; version: string; path?: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title, version } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get(path, { config: { policy: 'public' }, schema: { hide: true } }, () => app.swagger())
}
