/** Edits of an ordered list, each giving a new list and leaving the old one alone. */

/** The list with the item at `index` moved by `by` places; the same list where that leads outside. */
export function moved<Item>(list: readonly Item[], index: number, by: number): Item[] {
  const target = index + by
  const item = list[index]
  if (item === undefined || target < 0 || target >= list.length) return [...list]
  const rest = list.toSpliced(index, 1)
  return rest.toSpliced(target, 0, item)
}

export function without<Item extends { id: string }>(list: readonly Item[], id: string): Item[] {
  return list.filter((item) => item.id !== id)
}

/** The list with the item of the same id replaced. */
export function replaced<Item extends { id: string }>(list: readonly Item[], item: Item): Item[] {
  return list.map((old) => (old.id === item.id ? item : old))
}
