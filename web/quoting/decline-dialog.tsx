import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../kit/confirm-dialog.tsx'
import { declineQuote, linkQuery } from './quotes-api.ts'
import { ReasonField } from './reason-field.tsx'

/** Asks the customer's contact why, then declines. */
export function DeclineDialog({
  token,
  opened,
  onClose,
}: {
  token: string
  opened: boolean
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const queryClient = useQueryClient()
  const decline = useMutation({
    mutationFn: () => declineQuote(token, reason.trim()),
    onSuccess: (view) => {
      queryClient.setQueryData(linkQuery(token).queryKey, view)
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Decline this quote"
      irreversible="A declined quote can’t be accepted later; you would need a new one."
      confirmLabel="Decline the quote"
      danger
      ready={reason.trim() !== ''}
      pending={decline.isPending}
      error={decline.error}
      onConfirm={() => decline.mutate()}
    >
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
