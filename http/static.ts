import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { HttpServer } from './server.ts'

export type WebOptions = {
  /** Paths under which only routes answer, never a page. @default ['/api', '/metrics'] */
  except?: string[]
}

/**
 * Serves what Vite built: its files, and `index.html` for every other path, since the pages' addresses belong
 * to the router in the browser. Files under `assets/` carry a hash in their name and are kept for ever;
 * everything else is asked for again. Rejects when the folder has no `index.html`.
 */
export async function serveWeb(
  app: HttpServer,
  folder: URL,
  { except = ['/api', '/metrics'] }: WebOptions = {},
): Promise<void> {
  const root = fileURLToPath(folder)
  const files = await filesIn(root)
  if (!files.has('index.html')) {
    throw new Error(`The web page is not built: there is no index.html in ${root}`)
  }
  await app.register(fastifyStatic, { root, serve: false, cacheControl: false })
  app.get('/*', { config: { policy: 'public' } }, (request, reply) => {
    const [path = '/'] = request.url.split('?', 1)
    if (except.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) {
      return reply.callNotFound()
    }
    const file = decodeURIComponent(path).slice(1)
    if (file.startsWith('assets/')) {
      reply.header('cache-control', 'public, max-age=31536000, immutable')
      return files.has(file) ? reply.sendFile(file) : reply.callNotFound()
    }
    reply.header('cache-control', 'no-cache')
    return reply.sendFile(files.has(file) ? file : 'index.html')
  })
}

async function filesIn(root: string): Promise<Set<string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Set(files.map(({ parentPath, name }) => relative(root, join(parentPath, name))))
}
