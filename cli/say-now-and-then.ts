/** Progress goes to standard error, once a second at most, so that standard output stays the answer. */
export function sayNowAndThen(): (says: string) => void {
  let saidAt = performance.now()
  return (says) => {
    if (performance.now() - saidAt < 1_000) return
    saidAt = performance.now()
    console.error(says)
  }
}
