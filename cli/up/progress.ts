const quietMs = 1_000

/** Says what is being waited for, but only when it takes over a second, and how long it took. */
export async function withProgress<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  let announced = false
  const timer = setTimeout(() => {
    announced = true
    console.log(`${what} …`)
  }, quietMs)
  try {
    const result = await work
    if (announced) console.log(`${what}: ${seconds(performance.now() - startedAt)}`)
    return result
  } finally {
    clearTimeout(timer)
  }
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
