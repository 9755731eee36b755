import { z } from 'zod'

/** Text that every door takes: no NUL character and no half of a surrogate pair, which the log can't hold. */
export function text() {
  return z
    .string()
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'Holds the NUL character or half a character',
    )
}
