import { List } from '@mantine/core'
import type { RuleReference } from '@pet/pet/quoting/quote-view'
import { TextLink } from './link.tsx'

/** Rules by their sentence, each with a link to where the document states it. */
export function RuleList({ rules }: { rules: RuleReference[] }) {
  return (
    <List size="sm" mt={4} spacing={2}>
      {rules.map((rule) => (
        <List.Item key={rule.id}>
          {rule.sentence} <RuleLink id={rule.id} document={rule.document} />
        </List.Item>
      ))}
    </List>
  )
}

/** The id of a rule, leading to the place in its document; without its name, the document is looked up. */
export function RuleLink({ id, document }: { id: string; document?: string }) {
  const place =
    document === undefined
      ? { to: '/rules/$id' as const, params: { id } }
      : { to: '/documents/$name' as const, params: { name: document }, hash: id }
  return (
    <TextLink
      {...place}
      size="xs"
      fw={600}
      className="figures"
      underline="always"
      c="inherit"
      aria-label={`Rule ${id} in its document`}
    >
      {id}
    </TextLink>
  )
}
