import { Button, Paper, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { CorrectionKind, QuoteView } from '@pet/pet/quoting/quote-view'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ConfirmDialog } from '../kit/confirm-dialog.tsx'
import { Problem } from '../kit/problem.tsx'
import { correctQuote, reviseQuote, withdrawQuote } from './quotes-api.ts'
import { ReasonField } from './reason-field.tsx'
import { useQuoteCommand } from './use-quote-command.ts'

/** What the quote's rules let a person do with it now, besides writing and sending it. */
export function QuoteActions({ quote }: { quote: QuoteView }) {
  const canRevise = quote.allowed.includes('ReviseQuote')
  const canWithdraw = quote.allowed.includes('WithdrawQuote')
  const canCorrect = quote.allowed.includes('CorrectQuote')
  if (!canRevise && !canWithdraw && !canCorrect) return null
  return (
    <Paper component="section" aria-label="What can be done with it">
      <Stack gap="xs">
        {canRevise && <ReviseButton quote={quote} />}
        {canWithdraw && <WithdrawButton quote={quote} />}
        {canCorrect && (
          <>
            <CorrectButton quote={quote} kind="delta" />
            <CorrectButton quote={quote} kind="replacement" />
          </>
        )}
      </Stack>
    </Paper>
  )
}

function ReviseButton({ quote }: { quote: QuoteView }) {
  const revise = useQuoteCommand(() => reviseQuote(quote))
  return (
    <>
      <Button variant="default" loading={revise.isPending} onClick={() => revise.mutate()}>
        Write revision {quote.revision + 1}
      </Button>
      <Text size="xs" c="dimmed">
        Revision {quote.revision} stands until the new one is sent.
      </Text>
      {revise.isError && <Problem error={revise.error} />}
    </>
  )
}

function WithdrawButton({ quote }: { quote: QuoteView }) {
  const [opened, dialog] = useDisclosure()
  const [reason, setReason] = useState('')
  const withdraw = useQuoteCommand(() => withdrawQuote(quote, reason.trim()), dialog.close)
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        onClick={() => {
          withdraw.reset()
          dialog.open()
        }}
      >
        Withdraw…
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title={`Withdraw ${quote.number}`}
        irreversible="A withdrawn quote never reopens. The customer’s link then says that it was withdrawn."
        confirmLabel="Withdraw it"
        danger
        ready={reason.trim() !== ''}
        pending={withdraw.isPending}
        error={withdraw.error}
        onConfirm={() => withdraw.mutate()}
      >
        <ReasonField value={reason} onChange={setReason} />
      </ConfirmDialog>
    </>
  )
}

const corrections: Record<CorrectionKind, { label: string; help: string; explanation: string }> = {
  delta: {
    label: 'Correct by a delta quote',
    help: 'Adds an amount, up or down, to what was accepted.',
    explanation:
      'A delta quote says only what changes, such as 300 more for a wrong price. Once the customer accepts it too, both count: together they are the new total.',
  },
  replacement: {
    label: 'Correct by a replacement quote',
    help: 'Says everything anew and counts instead.',
    explanation:
      'A replacement quote starts as a copy of this one. Once the customer accepts it, it counts instead of this one from then on.',
  },
}

function CorrectButton({ quote, kind }: { quote: QuoteView; kind: CorrectionKind }) {
  const [opened, dialog] = useDisclosure()
  const navigate = useNavigate()
  const { label, help, explanation } = corrections[kind]
  const correct = useQuoteCommand(
    () => correctQuote(quote, kind),
    (made) => void navigate({ to: '/quotes/$id', params: { id: made.id } }),
  )
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          correct.reset()
          dialog.open()
        }}
      >
        {label}
      </Button>
      <Text size="xs" c="dimmed">
        {help}
      </Text>
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title={label}
        confirmLabel="Start the correction"
        pending={correct.isPending}
        error={correct.error}
        onConfirm={() => correct.mutate()}
      >
        <Text size="sm">{explanation}</Text>
        <Text size="sm">
          {quote.number} itself is not touched: it stays visible, as it was accepted, for ever.
        </Text>
      </ConfirmDialog>
    </>
  )
}
