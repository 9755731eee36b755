import { Code } from '@mantine/core'

/** Prose in which `backticks` mark code, as docstrings and scenarios write it. */
export function PlainProse({ children }: { children: string }) {
  return children
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : <Code key={index}>{part}</Code>))
}
