import { usingPool } from '@pet/postgres/pool'
import { startPet } from '@pet/pet/serve'
import type { QuoteAggregate } from '@pet/pet/quoting/quote'
import type { Pool } from 'pg'
import { personAt } from './person.ts'
import type { Person } from './person.ts'

/** A whole PET of a scenario's own, on a database of its own, with the demo firm in it. */
export type OwnPet = AsyncDisposable & {
  url: string
  settled: () => Promise<void>
  /** Signs in one of the demo firm's people: `sales`, `manager`, `finance`, `administrator`, … */
  signIn: (accountId: string) => Promise<Person>
  /** Somebody without an account. */
  stranger: Person
  /** SQL as the database's superuser, behind the application's back. */
  superuser: Pool
  /** SQL as the role that the application works as. */
  application: Pool
}

export async function startOwnPet(
  { ownerUrl }: { ownerUrl: string },
  defective: { quote?: QuoteAggregate } = {},
): Promise<OwnPet> {
  await using resources = new AsyncDisposableStack()
  const pet = resources.use(await startPet({ ownerUrl, port: 0, demo: true, ...defective }))
  const { pool: superuser } = resources.use(usingPool(ownerUrl, { max: 2 }))
  const { pool: application } = resources.use(usingPool(pet.applicationUrl, { max: 2 }))
  const running = resources.move()
  return {
    url: pet.url,
    settled: pet.settled,
    signIn: async (accountId) => {
      const person = personAt(pet.url)
      await person.post('/api/demo/sign-in', { accountId })
      return person
    },
    stranger: personAt(pet.url),
    superuser,
    application,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
