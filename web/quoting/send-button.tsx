import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { formatMoney } from '@pet/pet/quoting/money'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { useQueryClient } from '@tanstack/react-query'
import { ConfirmDialog } from '../kit/confirm-dialog.tsx'
import { quoteQuery, sendQuote } from './quotes-api.ts'
import { useQuoteCommand } from './use-quote-command.ts'

/** Sends the draft to the customer, after saying that this freezes the revision. */
export function SendButton({
  quote,
  ready,
  saveFirst,
}: {
  quote: QuoteView
  ready: boolean
  saveFirst: () => Promise<boolean>
}) {
  const [opened, dialog] = useDisclosure()
  const queryClient = useQueryClient()
  const send = useQuoteCommand(async () => {
    if (!(await saveFirst()))
      throw new Error('The last changes could not be saved, so nothing was sent.')
    const saved = queryClient.getQueryData(quoteQuery(quote.id).queryKey) ?? quote
    return sendQuote(saved)
  }, dialog.close)
  const missing = quote.missing.length
  return (
    <>
      <Button
        fullWidth
        disabled={!ready || missing > 0}
        onClick={() => {
          send.reset()
          dialog.open()
          void saveFirst()
        }}
      >
        Send to the customer
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title={`Send ${quote.number}, revision ${quote.revision}`}
        irreversible="Once sent, this revision can’t be changed any more. A later change becomes a new revision, which the customer sees only when you send it."
        confirmLabel="Send it"
        pending={send.isPending}
        error={send.error}
        onConfirm={() => send.mutate()}
      >
        <Text size="sm">
          {quote.customerName ?? 'The customer'} gets a link to{' '}
          <strong>{formatMoney(quote.totals.totalMinor, quote.content.currency)}</strong> in all.
        </Text>
      </ConfirmDialog>
    </>
  )
}
