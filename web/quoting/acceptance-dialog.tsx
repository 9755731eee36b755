import { Checkbox, Text, TextInput } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import type { AcceptanceReceipt, CustomerQuoteView } from '@pet/pet/quoting/quote-view'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { newCommandId } from '../kit/api.ts'
import { ConfirmDialog } from '../kit/confirm-dialog.tsx'
import { acceptQuote, linkQuery } from './quotes-api.ts'

/** Asks the customer's contact for a name and to confirm what can't be undone, then accepts. */
export function AcceptanceDialog({
  token,
  view,
  opened,
  onClose,
  onAccepted,
}: {
  token: string
  view: CustomerQuoteView
  opened: boolean
  onClose: () => void
  onAccepted: (receipt: AcceptanceReceipt) => void
}) {
  const [name, setName] = useState(view.contactName ?? '')
  const [confirmed, setConfirmed] = useState(false)
  // One for the life of the page: accepting again after an answer was lost counts once.
  const [commandId] = useState(newCommandId)
  const queryClient = useQueryClient()
  const accept = useMutation({
    mutationFn: () =>
      acceptQuote(token, { name: name.trim(), documentHash: view.documentHash }, commandId),
    onSuccess: onAccepted,
    onSettled: () => queryClient.invalidateQueries({ queryKey: linkQuery(token).queryKey }),
  })
  const { number, totals, content } = view.document
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Accept quote ${number}`}
      confirmLabel="Accept the quote"
      ready={confirmed && name.trim() !== ''}
      pending={accept.isPending}
      error={accept.error}
      onConfirm={() => accept.mutate()}
    >
      <Text size="sm">
        You accept {content.title} for{' '}
        <strong>{formatMoney(totals.totalMinor, content.currency)}</strong>.
      </Text>
      <TextInput
        label="Your name"
        required
        maxLength={200}
        autoComplete="name"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox
        label={view.irreversible}
        checked={confirmed}
        onChange={(event) => setConfirmed(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
