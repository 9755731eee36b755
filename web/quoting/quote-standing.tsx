import { Alert, Button, Code, CopyButton, Group, Text } from '@mantine/core'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { When } from '../kit/when.tsx'

/** Where the quote stands and what that means, in a banner above it. A plain draft needs none. */
export function QuoteStanding({ quote }: { quote: QuoteView }) {
  switch (quote.status) {
    case 'draft':
      return null
    case 'sent':
      return quote.sent && <SentBanner sent={quote.sent} quote={quote} />
    case 'revising':
      return (
        <Alert color="violet" variant="light" title={`Revision ${quote.revision} is being written`}>
          <Text size="sm">
            Revision {quote.sent?.revision} stays with the customer, and stands, until this one is
            sent.
          </Text>
        </Alert>
      )
    case 'accepted':
      return quote.accepted && <AcceptedBanner accepted={quote.accepted} />
    case 'rejected':
    case 'withdrawn':
      return (
        <Alert
          color={quote.status === 'rejected' ? 'red' : 'orange'}
          variant="light"
          title={
            quote.status === 'rejected'
              ? 'The customer declined this quote'
              : 'This quote was withdrawn'
          }
        >
          {quote.closed && (
            <Text size="sm">
              <When at={quote.closed.at} />: “{quote.closed.reason}”. It never reopens; write a new
              quote where there is a new offer to make.
            </Text>
          )}
        </Alert>
      )
  }
}

function SentBanner({ quote, sent }: { quote: QuoteView; sent: NonNullable<QuoteView['sent']> }) {
  return (
    <Alert color="blue" variant="light" title={`Revision ${sent.revision} is with the customer`}>
      <Text size="sm">
        Sent <When at={sent.at} />. {quote.contactName ?? 'The contact'} opens a link, without an
        account, and accepts or declines. The revision is frozen; a change becomes revision{' '}
        {sent.revision + 1}.
      </Text>
      {sent.linkPath !== null && <CustomerLink path={sent.linkPath} />}
    </Alert>
  )
}

function CustomerLink({ path }: { path: string }) {
  const link = new URL(path, window.location.origin).href
  return (
    <Group gap="xs" mt="xs">
      <Code style={{ overflowWrap: 'anywhere' }}>{link}</Code>
      <CopyButton value={link}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy}>
            <span aria-live="polite">{copied ? 'Copied ✓' : 'Copy the link'}</span>
          </Button>
        )}
      </CopyButton>
      <Button
        component="a"
        href={path}
        target="_blank"
        rel="noreferrer"
        size="compact-sm"
        variant="default"
      >
        Open as the customer
      </Button>
    </Group>
  )
}

function AcceptedBanner({ accepted }: { accepted: NonNullable<QuoteView['accepted']> }) {
  return (
    <Alert color="green" variant="light" title="Accepted, and final">
      <Text size="sm">
        Accepted by <strong>{accepted.by ?? 'a person whose name was erased'}</strong>,{' '}
        <When at={accepted.at} />, revision {accepted.revision}. Nobody can change it any more, here
        or over the API; a mistake is corrected by a new quote that points back to this one.
      </Text>
      <Text size="xs" mt={4}>
        SHA-256 of the document that was accepted:{' '}
        <Code style={{ overflowWrap: 'anywhere' }}>{accepted.documentHash}</Code>
      </Text>
    </Alert>
  )
}
