/** Wakes one waiter; a ring while nobody waits is kept for the next wait. */
export interface Doorbell {
  ring(): void
  /** Resolves at the next ring, or after `patienceMs`. */
  wait(patienceMs: number): Promise<void>
}

export function createDoorbell(): Doorbell {
  let rung = false
  let answer = (): void => {}
  return {
    ring() {
      rung = true
      answer()
    },
    async wait(patienceMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patienceMs)
          answer = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      answer = () => {}
      rung = false
    },
  }
}
