import type { HttpServer } from '@pet/http/server'
import { z } from 'zod'
import { readFeed, readHistory } from './read-activity.ts'
import type { Activity } from './read-activity.ts'

const readers = {
  policy: { roles: ['sales', 'manager', 'project-manager', 'finance', 'administrator'] },
}

export function activityRoutes(app: HttpServer, activity: Activity) {
  app.get(
    '/api/activity',
    {
      config: readers,
      schema: {
        querystring: z.strictObject({
          before: z.coerce.number().int().min(1).optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
      },
    },
    ({ query }) => readFeed(activity, { before: query.before ?? null, limit: query.limit }),
  )

  app.get(
    '/api/quotes/:id/history',
    { config: readers, schema: { params: z.strictObject({ id: z.uuid() }) } },
    async ({ params }) => ({ entries: await readHistory(activity, params.id) }),
  )
}
