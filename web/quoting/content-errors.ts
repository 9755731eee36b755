import { quoteContent, type QuoteContent } from '@pet/pet/quoting/quote-content'
import { config } from 'zod'
import { fieldPath, type ProblemDetails } from '../kit/problem-error.ts'

/** What is wrong with a quote's content, by path: `sections.0.lines.2.quantity` → a sentence. */
export type FieldErrors = ReadonlyMap<string, string>

// Compiling schemas needs `eval`, which the page's Content-Security-Policy forbids.
config({ jitless: true })

/** Holds the content against the schema that the server uses too, and says in plain words what fails. */
export function contentErrors(content: QuoteContent): FieldErrors {
  const result = quoteContent.safeParse(content)
  const issues = result.error?.issues ?? []
  return new Map(issues.map((issue) => [issue.path.join('.'), sentence(issue)]))
}

/** The errors that the server named, by the same paths. */
export function serverErrors({ errors = [] }: ProblemDetails): FieldErrors {
  return new Map(errors.map(({ field, message }) => [fieldPath(field, 'content'), message]))
}

type Issue = NonNullable<ReturnType<typeof quoteContent.safeParse>['error']>['issues'][number]

function sentence(issue: Issue): string {
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'Write something here'
    return `At least ${issue.minimum}`
  }
  if (issue.code === 'too_big') {
    if (issue.origin === 'string') return `At most ${issue.maximum} characters`
    if (issue.origin === 'array') return `At most ${issue.maximum} of these`
    return 'This is more than is allowed'
  }
  return issue.message
}
