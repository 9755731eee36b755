/** What the supervisor tells a child, once. */
export type ToChild<Config> = { start: Config }

/** What the child answers, once. */
export type FromChild<Ready> =
  { ready: Ready } | { failed: { message: string; advice: string; exitCode: number } }
