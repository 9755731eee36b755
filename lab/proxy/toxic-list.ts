import type { z } from 'zod'
import { createNamedList } from './named-list.ts'
import { parse } from './parse.ts'
import {
  toxicChangeSchema,
  toxicSchema,
  type Toxic,
  type ToxicChange,
  type ToxicRequest,
} from './toxic.ts'

/** The toxics of a proxy. What is done to it acts upon open connections too, at once. */
export type ToxicList = {
  all(): readonly Toxic[]
  /** @throws ProxyProblem 404 */
  find(name: string): Toxic
  /** @throws ProxyProblem 400 or 409; nothing is added then */
  add(asked: ToxicRequest): Toxic
  /** Attributes that are left out stay as they are. @throws ProxyProblem 400 or 404 */
  change(name: string, asked: ToxicChange): Toxic
  /** @throws ProxyProblem 404 */
  remove(name: string): void
  clear(): void
}

export type ToxicListOptions = {
  decide(toxic: Toxic): void
  apply(toxics: readonly Toxic[]): void
}

const mostToxics = 64

export function createToxicList({ decide, apply }: ToxicListOptions): ToxicList {
  const list = createNamedList<Toxic>('toxic', mostToxics)
  const act = (toxic: Toxic): Toxic => {
    decide(toxic)
    apply(list.all())
    return toxic
  }
  return {
    all: list.all,
    find: list.find,
    add: (asked) => act(list.add(named(parse(toxicSchema, asked)))),
    change: (name, asked) => {
      const { toxicity, attributes } = parse(toxicChangeSchema, asked)
      const old = list.find(name)
      const changed = parse(toxicSchema, {
        ...old,
        toxicity: toxicity ?? old.toxicity,
        attributes: { ...old.attributes, ...attributes },
      })
      return act(list.replace({ ...changed, name }))
    },
    remove: (name) => {
      list.remove(name)
      apply(list.all())
    },
    clear: () => {
      list.clear()
      apply([])
    },
  }
}

/** With the fields in Toxiproxy's order. */
function named({ attributes, name, type, stream, toxicity }: z.output<typeof toxicSchema>): Toxic {
  // As type and attributes came together, they belong together.
  return { attributes, name: name ?? `${type}_${stream}`, type, stream, toxicity } as Toxic
}
