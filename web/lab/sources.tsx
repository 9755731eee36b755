import { Code, Paper, SimpleGrid, Title } from '@mantine/core'
import highlighter from 'highlight.js/lib/core'
import typescript from 'highlight.js/lib/languages/typescript'
import { useMemo, type ReactNode } from 'react'
import classes from './sources.module.css'

highlighter.registerLanguage('typescript', typescript)

/** The code that fails beside the code that holds, to be read against each other. */
export function Sources({ failure, remedy }: { failure: string; remedy: string }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <Source title="The failure, as code" code={failure} />
      <Source title="The remedy, as code" code={remedy} />
    </SimpleGrid>
  )
}

function Source({ title, code }: { title: string; code: string }) {
  const highlighted = useMemo(() => highlight(code), [code])
  return (
    <Paper component="section" aria-label={title} p={0}>
      <Title order={2} px="md" py="xs">
        {title}
      </Title>
      <Code block className={classes['code'] ?? ''} tabIndex={0}>
        {highlighted}
      </Code>
    </Paper>
  )
}

/** The highlighter writes HTML; only its spans and their classes are taken over, as elements. */
function highlight(code: string): ReactNode[] {
  const { value } = highlighter.highlight(code, { language: 'typescript' })
  const parsed = new DOMParser().parseFromString(value, 'text/html')
  return [...parsed.body.childNodes].map(elementOf)
}

function elementOf(node: Node, index: number): ReactNode {
  if (!(node instanceof HTMLElement)) return node.textContent
  return (
    <span key={index} className={node.className}>
      {[...node.childNodes].map(elementOf)}
    </span>
  )
}
