import '@mantine/core/styles.css'
import './page.css'
import { MantineProvider } from '@mantine/core'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './kit/problem-error.ts'
import { makeRouter } from './router.tsx'
import { sessionKey } from './identity/session.ts'
import { legible, theme } from './theme.ts'

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signInAgainWhenSignedOut }),
  defaultOptions: { queries: { retry: worthTrying, staleTime: 5_000 } },
})
const router = makeRouter(queryClient)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={legible} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

/** A refusal stays one however often it is asked; only a server that did not answer is asked again. */
function worthTrying(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof ProblemError && error.status < 500)
}

function signInAgainWhenSignedOut(error: Error): void {
  if (!(error instanceof ProblemError) || error.status !== 401) return
  queryClient.removeQueries({ queryKey: sessionKey })
  void router.invalidate()
}
