/** Whether every word of `search` stands somewhere in `text`, in any case and order. */
export function matchesWords(text: string, search: string): boolean {
  const haystack = text.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}
