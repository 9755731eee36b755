import { EmptyState } from './empty-state.tsx'
import { ButtonLink } from './link.tsx'
import { Page } from './page.tsx'

/** For an address that leads nowhere. */
export function MissingPage() {
  return (
    <Page title="There is no page at this address">
      <EmptyState
        title="Perhaps the link is old, or a letter is missing"
        action={<ButtonLink to="/quotes">Go to the quotes</ButtonLink>}
      >
        Nothing in PET is ever deleted, so what you look for is still there, under its own address.
      </EmptyState>
    </Page>
  )
}
