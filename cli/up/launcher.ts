import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * Settles when whoever started this process is gone without having passed on the signal: npx and
 * npm leave what they started behind, and the hand-over from an older Node can be killed. A process
 * that was started by hand may outlive its shell.
 */
export function launcherGone(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (process.connected) {
    process.once('disconnect', resolve)
    process.channel?.unref() // listening must not keep alive a command that is done
  }
  if (process.env['npm_command'] !== undefined) {
    const before = ancestors()
    const timer = setInterval(() => ancestors() !== before && resolve(), lookEveryMs)
    timer.unref()
    void promise.then(() => clearInterval(timer))
  }
  return promise
}

/** The parent, and its parent where the system shows it: between npx and us there is a shell. */
function ancestors(): string {
  const parent = process.ppid
  try {
    // After the program's name, which is in parentheses, come the state and the parent.
    const [, grandparent] =
      /.*\) \S (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? []
    return `${parent} ${grandparent}`
  } catch {
    return String(parent)
  }
}
