import { LRUCache } from 'lru-cache'
import { z } from 'zod'

export type Administrator = { name: string }

type Answer = Administrator | 'somebody-else' | undefined

const session = z.object({
  account: z.object({ name: z.string(), roles: z.array(z.string()) }).nullable(),
})

const answerPatienceMs = 2_000
const rememberedMs = 10 * 60_000

/**
 * Asks PET itself, past every fault, whether a request comes from an administrator. A yes is
 * remembered for ten minutes and counts when PET can't answer: the lab's panel must outlive a PET
 * that the lab broke.
 */
export function askForAdministrator(
  petUrl: string,
): (headers: { cookie?: string }) => Promise<Answer> {
  const remembered = new LRUCache<string, Administrator>({ max: 1_000, ttl: rememberedMs })
  return async ({ cookie }) => {
    if (cookie === undefined) return undefined
    const answer = await askPet(petUrl, cookie)
    if (answer === 'no answer') return remembered.get(cookie)
    if (typeof answer === 'object') remembered.set(cookie, answer)
    else remembered.delete(cookie)
    return answer
  }
}

async function askPet(petUrl: string, cookie: string): Promise<Answer | 'no answer'> {
  try {
    const signal = AbortSignal.timeout(answerPatienceMs)
    const response = await fetch(new URL('/api/session', petUrl), { headers: { cookie }, signal })
    if (!response.ok) return 'no answer'
    const { account } = session.parse(await response.json())
    if (account === null) return undefined
    return account.roles.includes('administrator') ? { name: account.name } : 'somebody-else'
  } catch {
    return 'no answer'
  }
}
