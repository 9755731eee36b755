import { Alert, Button, Code, Table } from '@mantine/core'
import type { AcceptanceReceipt } from '@pet/pet/quoting/quote-view'
import { useEffect, useRef } from 'react'

const precise = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'long' })

/** What the customer's contact keeps: what was accepted, when, by whom, and the document's hash. */
export function AcceptanceReceiptCard({ receipt }: { receipt: AcceptanceReceipt }) {
  const card = useRef<HTMLDivElement>(null)
  useEffect(() => card.current?.focus(), [])
  const rows = [
    ['Quote', receipt.number],
    ['Revision', String(receipt.revision)],
    ['Accepted', precise.format(new Date(receipt.at))],
    ['By', receipt.by],
  ]
  return (
    <Alert
      ref={card}
      tabIndex={-1}
      role="status"
      color="green"
      variant="light"
      title="Thank you: the quote is accepted"
    >
      <Table withRowBorders={false} verticalSpacing={2} w="auto" aria-label="Receipt">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Th scope="row">SHA-256</Table.Th>
            <Table.Td>
              <Code style={{ overflowWrap: 'anywhere' }}>{receipt.documentHash}</Code>
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Button
        mt="sm"
        size="xs"
        variant="default"
        className="screen-only"
        onClick={() => window.print()}
      >
        Print this page
      </Button>
    </Alert>
  )
}
