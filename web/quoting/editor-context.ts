import { createContext, useContext, useEffect } from 'react'
import type { FieldErrors } from './content-errors.ts'

/** What the fields of a draft share without handing it through every level. */
export type EditorContextValue = {
  errors: FieldErrors
  /** Counts the fields whose text can't be read, so that the state of saving can say so. */
  reportUnreadable: (fieldId: string, unreadable: boolean) => void
  /** Says something to people who don't see the page change. */
  announce: (sentence: string) => void
}

export const EditorContext = createContext<EditorContextValue>({
  errors: new Map(),
  reportUnreadable: () => {},
  announce: () => {},
})

/** The error at this path of the content, if there is one. */
export function useFieldError(path: string): string | undefined {
  return useContext(EditorContext).errors.get(path)
}

export function useReportUnreadable(fieldId: string, unreadable: boolean): void {
  const { reportUnreadable } = useContext(EditorContext)
  useEffect(() => {
    if (!unreadable) return
    reportUnreadable(fieldId, true)
    return () => reportUnreadable(fieldId, false)
  }, [reportUnreadable, fieldId, unreadable])
}
