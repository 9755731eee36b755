import { clearLine, cursorTo } from 'node:readline'
import type { RunListener } from '@pet/lab/run-scenario'

/** Live progress on standard error: one line that changes on a terminal, else a line each. */
export function progressOnStandardError(
  name: string,
): Required<Pick<RunListener, 'onProgress'>> & Disposable {
  const { stderr } = process
  const clear = () => {
    if (!stderr.isTTY) return
    clearLine(stderr, 0)
    cursorTo(stderr, 0)
  }
  return {
    onProgress: ({ message, elapsedMs }) => {
      clear()
      const line = `${name}  ${(elapsedMs / 1_000).toFixed(1)} s  ${message}`
      stderr.write(stderr.isTTY ? line.slice(0, stderr.columns - 1) : `${line}\n`)
    },
    [Symbol.dispose]: clear,
  }
}
