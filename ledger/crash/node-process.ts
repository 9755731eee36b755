import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Answer, Question, Request } from './node.ts'

/** A node in a process of its own. */
export interface NodeProcess {
  /** Never rejects: what a dead node was asked is lost. */
  ask(question: Question): Promise<Answer>
  /** Nothing in the process gets to run again. */
  kill(): Promise<void>
}

export async function startNode(applicationUrl: string): Promise<NodeProcess> {
  const child = fork(new URL('node.ts', import.meta.url), [applicationUrl])
  const unanswered = new Map<number, (answer: Answer) => void>()
  const exited = once(child, 'exit')
  let asked = 0
  const [message] = await Promise.race([once(child, 'message'), exited])
  if (message !== 'ready') throw new Error(`A node did not start: it ended with ${message}`)

  child.on('message', ({ number, ...answer }: Answer & { number: number }) => {
    unanswered.get(number)?.(answer)
    unanswered.delete(number)
  })
  child.once('exit', () => {
    for (const settle of unanswered.values()) settle(died)
    unanswered.clear()
  })

  return {
    async ask(question) {
      if (hasEnded(child)) return died
      const number = (asked += 1)
      const { promise, resolve } = Promise.withResolvers<Answer>()
      unanswered.set(number, resolve)
      child.send({ ...question, number } satisfies Request, (error) => error && resolve(died))
      return promise
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const died: Answer = { answer: 'lost', problem: 'The node died.' }

function hasEnded({ exitCode, signalCode, connected }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || !connected
}
