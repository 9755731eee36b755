import { Badge } from '@mantine/core'
import type { QuoteStatus } from '@pet/pet/quoting/quote-view'

const looks: Record<QuoteStatus, { colour: string; mark: string; label: string }> = {
  draft: { colour: 'gray', mark: '✎', label: 'Draft' },
  sent: { colour: 'blue', mark: '➤', label: 'Sent' },
  revising: { colour: 'violet', mark: '✎', label: 'Being revised' },
  accepted: { colour: 'green', mark: '✓', label: 'Accepted' },
  rejected: { colour: 'red', mark: '✕', label: 'Declined' },
  withdrawn: { colour: 'orange', mark: '↩', label: 'Withdrawn' },
}

/** Where a quote stands: by word and mark, the colour only helps. */
export function StateBadge({ status }: { status: QuoteStatus }) {
  const { colour, mark, label } = looks[status]
  return (
    <Badge
      color={colour}
      variant="light"
      leftSection={<span aria-hidden="true">{mark}</span>}
      autoContrast
    >
      {label}
    </Badge>
  )
}

export function statusLabel(status: QuoteStatus): string {
  return looks[status].label
}
