import { ProxyProblem } from './proxy-problem.ts'

/** Things of one kind with unique names, in the order in which they came. */
export type NamedList<Item extends { name: string }> = {
  all(): readonly Item[]
  /** @throws ProxyProblem 404 */
  find(name: string): Item
  /** @throws ProxyProblem 409 when the name is taken or the list is full */
  add(item: Item): Item
  replace(item: Item): Item
  /** @throws ProxyProblem 404 */
  remove(name: string): void
  clear(): void
}

export function createNamedList<Item extends { name: string }>(
  kind: string,
  most: number,
): NamedList<Item> {
  let items: readonly Item[] = []
  const find = (name: string): Item => {
    const item = items.find((other) => other.name === name)
    if (item) return item
    const names = items.map((other) => other.name).join(', ') || 'none'
    throw new ProxyProblem(404, `${kind} not found: "${name}"; there is ${names}`)
  }
  return {
    all: () => items,
    find,
    add: (item) => {
      if (items.some(({ name }) => name === item.name)) {
        throw new ProxyProblem(409, `${kind} already exists: "${item.name}"`)
      }
      if (items.length >= most) {
        throw new ProxyProblem(409, `there are ${most} already: remove a ${kind} first`)
      }
      items = [...items, item]
      return item
    },
    replace: (item) => {
      items = items.map((other) => (other.name === item.name ? item : other))
      return item
    },
    remove: (name) => {
      const gone = find(name)
      items = items.filter((other) => other !== gone)
    },
    clear: () => {
      items = []
    },
  }
}
