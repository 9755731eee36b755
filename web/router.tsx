import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { sessionQuery } from './identity/session.ts'
import { Shell } from './identity/shell.tsx'
import { SignInPage } from './identity/sign-in-page.tsx'
import { BrokenPage } from './kit/broken-page.tsx'
import { Loading } from './kit/loaded.tsx'
import { MissingPage } from './kit/missing-page.tsx'
import { QuotesPage } from './quoting/quotes-page.tsx'

/** Every page of PET. Pages that not everyone opens come as chunks of their own. */
export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: MissingPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    isOwnPath(search['to']) ? { to: search['to'] } : {},
  component: SignInPage,
})

const customer = createRoute({
  getParentRoute: () => root,
  path: '/customer/$token',
  component: lazyRouteComponent(() => import('./quoting/customer-page.tsx'), 'CustomerPage'),
})

/** Everything that needs an account: who has none is sent to sign in and comes back afterwards. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    if (session.account === null)
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
    return { account: session.account }
  },
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/quotes', replace: true })
  },
})

const quotes = createRoute({
  getParentRoute: () => shell,
  path: '/quotes',
  validateSearch: (search: Record<string, unknown>): { text?: string; status?: string } => ({
    ...(typeof search['text'] === 'string' && { text: search['text'] }),
    ...(typeof search['status'] === 'string' && { status: search['status'] }),
  }),
  component: QuotesPage,
})

const quote = createRoute({
  getParentRoute: () => shell,
  path: '/quotes/$id',
  component: lazyRouteComponent(() => import('./quoting/quote-page.tsx'), 'QuotePage'),
})

const activity = createRoute({
  getParentRoute: () => shell,
  path: '/activity',
  component: lazyRouteComponent(() => import('./activity/activity-page.tsx'), 'ActivityPage'),
})

const documents = createRoute({
  getParentRoute: () => shell,
  path: '/documents',
  component: lazyRouteComponent(() => import('./documents/documents-page.tsx'), 'DocumentsPage'),
})

const document = createRoute({
  getParentRoute: () => shell,
  path: '/documents/$name',
  component: lazyRouteComponent(() => import('./documents/document-page.tsx'), 'DocumentPage'),
})

const rule = createRoute({
  getParentRoute: () => shell,
  path: '/rules/$id',
  component: lazyRouteComponent(() => import('./documents/rule-page.tsx'), 'RulePage'),
})

const lab = createRoute({
  getParentRoute: () => shell,
  path: '/lab',
  component: lazyRouteComponent(
    () => import('./lab/administrators-only.tsx'),
    'AdministratorsOnly',
  ),
})

const labCatalogue = createRoute({
  getParentRoute: () => lab,
  path: '/',
  validateSearch: (
    search: Record<string, unknown>,
  ): { text?: string; category?: string; target?: string } => ({
    ...(typeof search['text'] === 'string' && { text: search['text'] }),
    ...(typeof search['category'] === 'string' && { category: search['category'] }),
    ...(typeof search['target'] === 'string' && { target: search['target'] }),
  }),
  component: lazyRouteComponent(() => import('./lab/catalogue-page.tsx'), 'CataloguePage'),
})

const labScenario = createRoute({
  getParentRoute: () => lab,
  path: '$name',
  validateSearch: (search: Record<string, unknown>): { run?: string } =>
    typeof search['run'] === 'string' ? { run: search['run'] } : {},
  component: lazyRouteComponent(() => import('./lab/scenario-page.tsx'), 'ScenarioPage'),
})

const labRun = createRoute({
  getParentRoute: () => lab,
  path: 'runs/$id',
  component: lazyRouteComponent(() => import('./lab/run-page.tsx'), 'RunPage'),
})

const routeTree = root.addChildren([
  signIn,
  customer,
  shell.addChildren([
    home,
    quotes,
    quote,
    activity,
    documents,
    document,
    rule,
    lab.addChildren([labCatalogue, labScenario, labRun]),
  ]),
])

/** Only ever send people back to a page of this site. */
function isOwnPath(to: unknown): to is string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to)
}
