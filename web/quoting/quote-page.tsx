import { Group, Paper, Text, Title } from '@mantine/core'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { canWriteQuotes } from '../identity/session.ts'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { StateBadge } from '../kit/state-badge.tsx'
import { FamilyPanel } from './family-panel.tsx'
import { QuoteActions } from './quote-actions.tsx'
import { QuoteDocument } from './quote-document.tsx'
import { QuoteEditor } from './quote-editor.tsx'
import { QuoteHistory } from './quote-history.tsx'
import { QuoteLayout } from './quote-layout.tsx'
import { QuoteStanding } from './quote-standing.tsx'
import { quoteQuery } from './quotes-api.ts'
import { TotalsSummary } from './totals-summary.tsx'

const shellRoute = getRouteApi('/shell')
const quoteRoute = getRouteApi('/shell/quotes/$id')

/** One quote: to write while it is a draft, to read ever after. */
export function QuotePage() {
  const { id } = quoteRoute.useParams()
  const quote = useQuery({ ...quoteQuery(id), refetchOnWindowFocus: 'always' })
  if (quote.data === undefined)
    return (
      <Page title="Quote">
        <Loaded query={quote}>{() => null}</Loaded>
      </Page>
    )
  return <LoadedQuote key={id} quote={quote.data} />
}

function LoadedQuote({ quote }: { quote: QuoteView }) {
  const { account } = shellRoute.useRouteContext()
  const isEditable = quote.allowed.includes('EditQuote') && canWriteQuotes(account)
  const actions = canWriteQuotes(account) && <QuoteActions quote={quote} />
  const below = (
    <>
      <FamilyPanel quote={quote} />
      <QuoteHistory id={quote.id} />
    </>
  )
  return (
    <Page title={`${quote.number} ${quote.content.title}`} heading={<Heading quote={quote} />}>
      <QuoteStanding quote={quote} />
      {isEditable ? (
        <QuoteEditor key={quote.revision} quote={quote} actions={actions}>
          {below}
        </QuoteEditor>
      ) : (
        <QuoteLayout
          aside={
            <>
              <Paper component="section" aria-label="Sums">
                <TotalsSummary content={quote.content} totals={quote.totals} />
              </Paper>
              {actions}
            </>
          }
        >
          <Recipient quote={quote} />
          <QuoteDocument content={quote.content} totals={quote.totals} />
          {below}
        </QuoteLayout>
      )}
    </Page>
  )
}

function Heading({ quote }: { quote: QuoteView }) {
  const { correction } = quote
  return (
    <div>
      <Group gap="sm" align="center">
        <Title order={1}>
          <Text span inherit c="dimmed" className="figures">
            {quote.number}
          </Text>{' '}
          {quote.content.title}
        </Title>
        <StateBadge status={quote.status} />
        <Text size="sm" c="dimmed">
          Revision {quote.revision}
        </Text>
      </Group>
      {correction && (
        <Text size="sm" c="dimmed">
          {correction.kind === 'delta' ? 'Adds to ' : 'Replaces '}
          <TextLink to="/quotes/$id" params={{ id: correction.parentId }} underline="always">
            {correction.parentNumber}
          </TextLink>
          , which stays as it was accepted.
        </Text>
      )}
    </div>
  )
}

function Recipient({ quote }: { quote: QuoteView }) {
  return (
    <Paper component="section" aria-label="For whom">
      <Group gap="xl">
        <Fact name="Customer" value={quote.customerName ?? '–'} />
        <Fact name="Contact" value={quote.contactName ?? 'Name erased'} />
        <Fact name="Currency" value={quote.content.currency} />
      </Group>
    </Paper>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" fw={600}>
        {value}
      </Text>
    </div>
  )
}
