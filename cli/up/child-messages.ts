/** What the supervisor tells a child: its configuration, once, and later that it shall stop. */
export type ToChild<Config> = { start: Config } | 'stop'

/** What the child answers, once. */
export type FromChild<Ready> =
  { ready: Ready } | { failed: { message: string; advice: string; exitCode: number } }
