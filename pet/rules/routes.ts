import { problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import { z } from 'zod'
import { readDocuments } from './documents.ts'

/** The documents of the business, for everybody: a refusal links to the rule that it names. */
export function documentRoutes(app: HttpServer) {
  app.get('/api/documents', { config: { policy: 'public' } }, async () => ({
    documents: (await readDocuments()).map(({ name, title }) => ({ name, title })),
  }))

  app.get(
    '/api/documents/:name',
    {
      config: { policy: 'public' },
      schema: { params: z.strictObject({ name: z.string().max(100) }) },
    },
    async ({ params }) => {
      const document = (await readDocuments()).find(({ name }) => name === params.name)
      if (document === undefined)
        throw problem(
          404,
          'no-such-document',
          'No such document',
          `There is none called ${params.name}.`,
        )
      const { name, title, markdown } = document
      return { name, title, markdown }
    },
  )
}
