import type { RunEvent } from '@pet/lab/api-types'
import { useEffect, useState } from 'react'
import { runPath } from './lab-api.ts'
import { afterEvents, nothingSeen, type LiveRun } from './live-run.ts'

/** Charts are drawn this often at most, however fast samples come. */
const drawEveryMs = 250
/** A connection that breaks is opened anew this often, then given up. */
const mostReconnects = 10
const reconnectAfterMs = 1_000

/**
 * Follows a run over server-sent events from its beginning: the server sends who comes late what
 * was missed, so a broken connection simply starts over.
 */
export function useRunEvents(id: string, onEnd: () => void): LiveRun {
  const [run, setRun] = useState(nothingSeen)
  useEffect(() => follow(id, setRun, onEnd), [id, onEnd])
  return run
}

function follow(id: string, show: (run: LiveRun) => void, onEnd: () => void): () => void {
  let run = nothingSeen
  let waiting: RunEvent[] = []
  let reconnects = 0
  let source: EventSource | undefined
  let reconnecting: ReturnType<typeof setTimeout> | undefined

  const draw = () => {
    if (waiting.length === 0) return
    run = afterEvents(run, waiting)
    waiting = []
    show(run)
  }
  const drawing = setInterval(draw, drawEveryMs)
  const stop = () => {
    clearInterval(drawing)
    clearTimeout(reconnecting)
    source?.close()
  }
  const take = (event: RunEvent) => {
    waiting.push(event)
    if (event.event !== 'verdict' && event.event !== 'ended') return
    stop()
    draw()
    onEnd()
  }
  const connect = () => {
    run = nothingSeen
    waiting = []
    source = new EventSource(`${runPath(id)}/events`)
    for (const event of ['progress', 'sample', 'verdict', 'ended'] as const)
      source.addEventListener(event, (message: MessageEvent<string>) =>
        take({ event, data: JSON.parse(message.data) } as RunEvent),
      )
    source.onerror = () => {
      source?.close()
      reconnects += 1
      if (reconnects <= mostReconnects) reconnecting = setTimeout(connect, reconnectAfterMs)
      else stop()
    }
  }
  connect()
  return stop
}
