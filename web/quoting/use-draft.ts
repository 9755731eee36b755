import { useQueryClient } from '@tanstack/react-query'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { useEffect, useMemo, useRef, useState } from 'react'
import { problemOf } from '../kit/problem-error.ts'
import { createAutosaver, type Autosaver, type SaveState } from './autosaver.ts'
import { contentErrors, serverErrors, type FieldErrors } from './content-errors.ts'
import { historyQuery, quoteQuery, quotesQuery, saveContent } from './quotes-api.ts'

const autosaveDelayMs = 2_000

export type Draft = {
  content: QuoteContent
  change: (content: QuoteContent) => void
  state: SaveState
  errors: FieldErrors
  /** Saves what is not saved yet; resolves with whether everything is saved now. */
  saveNow: () => Promise<boolean>
  /** Takes what the server has, and drops what was not saved. */
  reload: () => Promise<void>
  /** Saves what is written here on top of what the server has. */
  overwrite: () => Promise<void>
}

/** The content of a draft while it is written, saved by itself. */
export function useDraft(quote: QuoteView): Draft {
  const queryClient = useQueryClient()
  const [content, setContent] = useState(quote.content)
  const [state, setState] = useState<SaveState>({ kind: 'saved' })
  const ownVersion = useRef(quote.version)

  const keep = (saved: QuoteView) => {
    ownVersion.current = saved.version
    queryClient.setQueryData(quoteQuery(saved.id).queryKey, saved)
    void queryClient.invalidateQueries({ queryKey: historyQuery(saved.id).queryKey })
    void queryClient.invalidateQueries({ queryKey: quotesQuery.queryKey, exact: true })
  }
  const [autosaver] = useState(() => autosaverOf(quote, setState, keep))
  const adopt = (theirs: QuoteView) => {
    ownVersion.current = theirs.version
    setContent(theirs.content)
    autosaver.adopt(theirs.version)
  }
  const fetchTheirs = () => queryClient.fetchQuery({ ...quoteQuery(quote.id), staleTime: 0 })

  // Someone else's change is taken over quietly as long as nothing of our own would be lost.
  useEffect(() => {
    if (state.kind === 'saved' && quote.version > ownVersion.current) adopt(quote)
  })
  useEffect(() => () => autosaver.stop(), [autosaver])

  const errors = useMemo(() => contentErrors(content), [content])
  return {
    content,
    change: (changed) => {
      setContent(changed)
      if (contentErrors(changed).size === 0) autosaver.change(changed)
      else autosaver.stop()
    },
    state,
    errors:
      errors.size === 0 && state.kind === 'failed' ? serverErrors(problemOf(state.error)) : errors,
    saveNow: async () => errors.size === 0 && (await autosaver.saveNow()),
    reload: async () => adopt(await fetchTheirs()),
    overwrite: async () => void (await autosaver.overwrite((await fetchTheirs()).version)),
  }
}

function autosaverOf(
  quote: QuoteView,
  onState: (state: SaveState) => void,
  keep: (saved: QuoteView) => void,
): Autosaver<QuoteContent> {
  return createAutosaver<QuoteContent>({
    version: quote.version,
    delayMs: autosaveDelayMs,
    onState,
    save: async (content, version, commandId) => {
      const saved = await saveContent(quote.id, content, version, commandId)
      keep(saved)
      return saved.version
    },
  })
}
