import type { ErrorComponentProps } from '@tanstack/react-router'
import { Page } from './page.tsx'
import { Problem } from './problem.tsx'

/** Stands in for a page that failed; the rest of the frame stays usable. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page could not be shown">
      <Problem error={error} onRetry={reset} />
    </Page>
  )
}
