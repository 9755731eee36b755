import { Alert } from '@mantine/core'
import type { RuleReference } from '@pet/pet/quoting/quote-view'
import { RuleList } from '../kit/rule-list.tsx'

/** What a draft still lacks, all at once, each by the rule that asks for it. */
export function MissingList({ missing }: { missing: RuleReference[] }) {
  if (missing.length === 0) return null
  return (
    <Alert color="yellow" variant="light" p="sm" title="Missing before it can be sent">
      <RuleList rules={missing} />
    </Alert>
  )
}
