import { Outlet, getRouteApi } from '@tanstack/react-router'
import { isAdministrator } from '../identity/session.ts'
import { EmptyState } from '../kit/empty-state.tsx'
import { Page } from '../kit/page.tsx'

const shellRoute = getRouteApi('/shell')

/** The frame of the lab's pages: says why not to everyone who is no administrator. */
export function AdministratorsOnly() {
  const { account } = shellRoute.useRouteContext()
  if (isAdministrator(account)) return <Outlet />
  return (
    <Page title="Lab">
      <EmptyState title="The lab is for administrators">
        Its runs take processors, memory and disk of this machine, so only administrators may start
        them. You are signed in as {account.name} ({account.roles.join(', ')}).
      </EmptyState>
    </Page>
  )
}
