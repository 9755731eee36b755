import type { RuleReference } from '@pet/pet/quoting/quote-view'

/** Problem details (RFC 9457) as PET sends them. */
export type ProblemDetails = {
  type: string
  title: string
  status: number
  detail?: string
  errors?: { field: string; message: string }[]
  rules?: RuleReference[]
  /** Of a 412: the version that the quote is at by now. */
  actual?: number
}

/** What every failed request throws. `status` is 0 when no answer came at all. */
export class ProblemError extends Error {
  readonly details: ProblemDetails

  constructor(details: ProblemDetails) {
    super(details.detail ?? details.title)
    this.name = 'ProblemError'
    this.details = details
  }

  get status(): number {
    return this.details.status
  }
}

/** Any error as problem details, so that every door shows failures alike. */
export function problemOf(error: unknown): ProblemDetails {
  if (error instanceof ProblemError) return error.details
  return {
    type: 'about:blank',
    title: 'Something went wrong on this page',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
  }
}

/**
 * Where an error belongs, as a path inside the document that was sent.
 * @example fieldPath('/body/content/sections/0/title', 'content') // 'sections.0.title'
 */
export function fieldPath(field: string, root?: string): string {
  const parts = field.split(/[./[\]]+/).filter((part) => part !== '')
  if (parts[0] === 'body') parts.shift()
  if (root !== undefined && parts[0] === root) parts.shift()
  return parts.join('.')
}
