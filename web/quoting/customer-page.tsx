import {
  Alert,
  Anchor,
  Button,
  Code,
  Container,
  Group,
  Paper,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { AcceptanceReceipt, CustomerQuoteView } from '@pet/pet/quoting/quote-view'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Loaded } from '../kit/loaded.tsx'
import { Money } from '../kit/money.tsx'
import { problemOf } from '../kit/problem-error.ts'
import { Problem } from '../kit/problem.tsx'
import { When } from '../kit/when.tsx'
import { AcceptanceDialog } from './acceptance-dialog.tsx'
import { AcceptanceReceiptCard } from './acceptance-receipt.tsx'
import { DeclineDialog } from './decline-dialog.tsx'
import { QuoteDocument } from './quote-document.tsx'
import { linkQuery } from './quotes-api.ts'
import { TotalsSummary } from './totals-summary.tsx'

const customerRoute = getRouteApi('/customer/$token')

/** What the customer's contact sees behind the signed link, without an account. */
export function CustomerPage() {
  const { token } = customerRoute.useParams()
  const link = useQuery(linkQuery(token))
  return (
    <main>
      <Container size={880} py="xl">
        {link.isError && !link.data ? (
          <BrokenLink error={link.error} onRetry={() => void link.refetch()} />
        ) : (
          <Loaded query={link}>{(view) => <CustomerQuote token={token} view={view} />}</Loaded>
        )}
      </Container>
    </main>
  )
}

function CustomerQuote({ token, view }: { token: string; view: CustomerQuoteView }) {
  const [receipt, setReceipt] = useState<AcceptanceReceipt | null>(null)
  const { document, firmName } = view
  const { content, totals } = document
  return (
    <Stack gap="md">
      <title>{`${document.number} from ${firmName}`}</title>
      <div>
        <Text fw={700}>{firmName}</Text>
        <Title order={1} mt="xs">
          {content.title}
        </Title>
        <Text size="sm" c="dimmed">
          Quote {document.number}, revision {document.revision}, for {document.customerName}
          {view.contactName !== null && `, ${view.contactName}`}
        </Text>
      </div>
      {receipt ? <AcceptanceReceiptCard receipt={receipt} /> : <Standing view={view} />}
      {document.correction && <CorrectionNote view={view} />}
      <QuoteDocument content={content} totals={totals} />
      <Paper component="section" aria-label="Sums">
        <TotalsSummary content={content} totals={totals} hoursName="Hours of implementation" />
      </Paper>
      {view.status === 'sent' || view.status === 'revising'
        ? !receipt && <Decision token={token} view={view} onAccepted={setReceipt} />
        : null}
      <Text size="xs" c="dimmed">
        SHA-256 of this document:{' '}
        <Code style={{ overflowWrap: 'anywhere' }}>{view.documentHash}</Code>
      </Text>
    </Stack>
  )
}

function Decision({
  token,
  view,
  onAccepted,
}: {
  token: string
  view: CustomerQuoteView
  onAccepted: (receipt: AcceptanceReceipt) => void
}) {
  const [accepting, acceptDialog] = useDisclosure()
  const [declining, declineDialog] = useDisclosure()
  return (
    <Paper
      component="section"
      aria-label="Your decision"
      className="screen-only"
      style={{ position: 'sticky', bottom: 12 }}
      shadow="md"
    >
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          This link is good until <When at={view.linkExpiresAt} />.
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={declineDialog.open}>
            Decline…
          </Button>
          <Button onClick={acceptDialog.open}>Accept…</Button>
        </Group>
      </Group>
      <AcceptanceDialog
        token={token}
        view={view}
        opened={accepting}
        onClose={acceptDialog.close}
        onAccepted={(receipt) => {
          acceptDialog.close()
          onAccepted(receipt)
        }}
      />
      <DeclineDialog token={token} opened={declining} onClose={declineDialog.close} />
    </Paper>
  )
}

function Standing({ view }: { view: CustomerQuoteView }) {
  switch (view.status) {
    case 'accepted':
      return (
        <Alert color="green" variant="light" title="This quote was accepted">
          {view.accepted && (
            <Text size="sm">
              By {view.accepted.by ?? 'a person whose name was erased'},{' '}
              <When at={view.accepted.at} />. Nothing more is to be done here.
            </Text>
          )}
        </Alert>
      )
    case 'rejected':
      return (
        <Alert color="red" variant="light" title="This quote was declined">
          If that was a mistake, please ask {view.firmName} for a new one.
        </Alert>
      )
    case 'withdrawn':
      return (
        <Alert color="orange" variant="light" title="This quote was withdrawn">
          {view.firmName} took it back, so it can’t be accepted any more.
        </Alert>
      )
    case 'draft':
    case 'sent':
    case 'revising':
      return null
  }
}

function CorrectionNote({ view }: { view: CustomerQuoteView }) {
  const { correction, totals, content } = view.document
  if (correction === null) return null
  const before = <Money amountMinor={correction.parentTotalMinor} currency={content.currency} />
  return (
    <Alert variant="light" title={`This corrects quote ${correction.parentNumber}`}>
      <Text size="sm">
        {correction.kind === 'delta' ? (
          <>
            It adds to what was accepted ({before}). Together:{' '}
            <Money
              amountMinor={correction.parentTotalMinor + totals.totalMinor}
              currency={content.currency}
              fw={650}
            />
            .
          </>
        ) : (
          <>It counts instead of what was accepted ({before}), as soon as you accept it.</>
        )}
      </Text>
    </Alert>
  )
}

function BrokenLink({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { status, title, detail } = problemOf(error)
  const isRefused = status >= 400 && status < 500
  return (
    <Stack>
      <title>Quote</title>
      <Title order={1}>{title}</Title>
      {isRefused ? <Text>{detail}</Text> : <Problem error={error} onRetry={onRetry} />}
      {isRefused && (
        <Text size="sm" c="dimmed">
          Links expire, and a newer revision gets a link of its own. If you work for the firm,{' '}
          <Anchor href="/sign-in" underline="always">
            sign in
          </Anchor>{' '}
          instead.
        </Text>
      )}
    </Stack>
  )
}
