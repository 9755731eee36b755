/** Waits for work until the signal: what does not heed it is left behind, and its database's end is its end. */
export async function abortable<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  reason: () => Error,
): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(reason())
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}
