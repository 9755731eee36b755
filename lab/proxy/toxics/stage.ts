import type { Toxic, ToxicType } from '../toxic.ts'

/** The end of a stream, which takes its turn behind the bytes before it. */
export const end = Symbol('end')
export type Item = Buffer | typeof end

/** What takes bytes: the next toxic, or the socket at the end. */
export type Sink = { take(item: Item): void }

/** A toxic at work on one direction of one connection. */
export type Stage = Sink & {
  /** Where what it lets through goes. */
  next: Sink
  /** Acts upon changed attributes from now on, what it holds included. */
  change(toxic: Toxic): void
  /** Is being taken out: hands over all that it holds, at once and in order. */
  release(): void
  /** The connection is over: forgets everything, its timers included. */
  stop(): void
  /** How many bytes it may be given to hold before the sender has to wait. */
  mostHeldBytes(): number
}

/** What a stage can do to its connection, and what it has from the seed. */
export type StageContext = {
  next: Sink
  /** Uniform in [0, 1), a sequence of its own for each toxic and connection. */
  draw(): number
  /** Bytes that will never reach the other side. */
  drop(bytes: number): void
  /** Ends the connection as a close does: what was let through still arrives. */
  close(): void
  /** Ends it as a crash does. */
  reset(): void
}

export type ToxicOf<Type extends ToxicType> = Extract<Toxic, { type: Type }>

/** Enough to keep a direction busy between two turns of the event loop. */
export const fewBytes = 64 * 1024

/** Enough for 40 ms at 100 MB/s. */
export const manyBytes = 4 * 1024 * 1024
