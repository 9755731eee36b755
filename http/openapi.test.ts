import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeApi } from './openapi.ts'
import { problemSchema } from './problem.ts'
import { createHttpServer } from './server.ts'

test('the routes are described as OpenAPI 3.1', async () => {
  await using app = createHttpServer()
  await describeApi(app, { title: 'PET', version: '1.2.3' })
  const body = z.strictObject({ hours: z.int().describe('Whole hours') })
  const response = { 200: z.object({ id: z.string() }), '4xx': problemSchema }
  app.post('/api/x', { config: { policy: 'public' }, schema: { body, response } }, () => ({
    id: 'a',
  }))
  const document = (await app.inject('/api/openapi.json')).json()
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'PET', version: '1.2.3' } })
  expect(Object.keys(document.paths)).toEqual(['/api/x'])
  const { schema } = document.paths['/api/x'].post.requestBody.content['application/json']
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: { hours: { type: 'integer', description: 'Whole hours' } },
  })
})
