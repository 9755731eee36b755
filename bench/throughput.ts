/** How many times per second `work` gets done when it is under way `concurrency` times at once. */
export async function throughput(
  { concurrency, durationMs }: { concurrency: number; durationMs: number },
  work: () => Promise<void>,
): Promise<number> {
  const start = performance.now()
  let done = 0
  async function keepWorking(): Promise<void> {
    while (performance.now() - start < durationMs) {
      await work()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, keepWorking))
  return done / ((performance.now() - start) / 1_000)
}
