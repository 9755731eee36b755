import { Button, Group, NativeSelect, Paper, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { QuoteStatus, QuoteSummary } from '@pet/pet/quoting/quote-view'
import { canWriteQuotes } from '../identity/session.ts'
import { EmptyState } from '../kit/empty-state.tsx'
import { Icon } from '../kit/icon.tsx'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { matchesWords } from '../kit/matches-words.ts'
import { Money } from '../kit/money.tsx'
import { Page } from '../kit/page.tsx'
import { Problem } from '../kit/problem.tsx'
import { StateBadge, statusLabel } from '../kit/state-badge.tsx'
import { When } from '../kit/when.tsx'
import { newContent } from './new-parts.ts'
import { createQuote, quoteQuery, quotesQuery } from './quotes-api.ts'

const shellRoute = getRouteApi('/shell')
const quotesRoute = getRouteApi('/shell/quotes')
const statuses: QuoteStatus[] = ['draft', 'sent', 'revising', 'accepted', 'rejected', 'withdrawn']

/** All quotes, newest first, filtered by where they stand and by words. */
export function QuotesPage() {
  const quotes = useQuery(quotesQuery)
  const { account } = shellRoute.useRouteContext()
  const start = useNewQuote()
  const button = canWriteQuotes(account) && (
    <Button
      leftSection={<Icon name="add" />}
      loading={start.isPending}
      onClick={() => start.mutate()}
    >
      New quote
    </Button>
  )
  return (
    <Page title="Quotes" actions={button}>
      {start.isError && <Problem error={start.error} />}
      <Loaded query={quotes}>
        {({ quotes }) =>
          quotes.length === 0 ? (
            <EmptyState title="Write the first quote" action={button}>
              A quote is a draft until you send it. Sending freezes that revision and makes a link
              for the customer, who accepts it without an account. What was accepted is never
              edited: a mistake is corrected by a new quote that points back to it.
            </EmptyState>
          ) : (
            <QuoteList quotes={quotes} />
          )
        }
      </Loaded>
    </Page>
  )
}

function QuoteList({ quotes }: { quotes: QuoteSummary[] }) {
  const { text = '', status = '' } = quotesRoute.useSearch()
  const navigate = useNavigate({ from: '/quotes' })
  const shown = quotes.filter((quote) => matches(quote, text, status))
  const search = (change: { text?: string; status?: string }) => {
    const next = { text, status, ...change }
    void navigate({
      search: {
        ...(next.text !== '' && { text: next.text }),
        ...(next.status !== '' && { status: next.status }),
      },
      replace: true,
    })
  }
  return (
    <>
      <Group gap="sm" align="end">
        <TextInput
          label="Search"
          placeholder="Number, title or customer"
          type="search"
          w={280}
          value={text}
          onChange={(event) => search({ text: event.currentTarget.value })}
        />
        <NativeSelect
          label="Status"
          value={status}
          onChange={(event) => search({ status: event.currentTarget.value })}
          data={[
            { value: '', label: 'All' },
            ...statuses.map((value) => ({ value, label: statusLabel(value) })),
          ]}
        />
        <Text size="sm" c="dimmed" role="status" pb={6}>
          {shown.length === quotes.length
            ? `${quotes.length} ${quotes.length === 1 ? 'quote' : 'quotes'}`
            : `${shown.length} of ${quotes.length} quotes`}
        </Text>
      </Group>
      <Paper p={0}>
        <Table.ScrollContainer minWidth={760} type="native">
          <Table highlightOnHover aria-label="Quotes">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Number</Table.Th>
                <Table.Th>Title</Table.Th>
                <Table.Th>Customer</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th ta="right">Total</Table.Th>
                <Table.Th>Last change</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((quote) => (
                <QuoteRow key={quote.id} quote={quote} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {shown.length === 0 && (
          <Text p="lg" ta="center" c="dimmed" size="sm">
            No quote matches. Try other words or another status.
          </Text>
        )}
      </Paper>
    </>
  )
}

function QuoteRow({ quote }: { quote: QuoteSummary }) {
  const { correction } = quote
  return (
    <Table.Tr>
      <Table.Td className="figures">
        <TextLink to="/quotes/$id" params={{ id: quote.id }} fw={600}>
          {quote.number}
        </TextLink>
      </Table.Td>
      <Table.Td>
        <TextLink to="/quotes/$id" params={{ id: quote.id }} c="inherit" tabIndex={-1}>
          {quote.title}
        </TextLink>
        {correction && (
          <Text size="xs" c="dimmed">
            {correction.kind === 'delta' ? 'Adds to ' : 'Replaces '}
            <TextLink to="/quotes/$id" params={{ id: correction.parentId }} underline="always">
              {correction.parentNumber}
            </TextLink>
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {quote.customerName ?? (
          <Text span c="dimmed" inherit>
            None yet
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StateBadge status={quote.status} />
      </Table.Td>
      <Table.Td ta="right">
        <Money amountMinor={quote.totalMinor} currency={quote.currency} fw={600} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          <When at={quote.updatedAt} />
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}

function matches(quote: QuoteSummary, text: string, status: string): boolean {
  if (status !== '' && quote.status !== status) return false
  return matchesWords(`${quote.number} ${quote.title} ${quote.customerName ?? ''}`, text)
}

function useNewQuote() {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => createQuote(newContent('EUR')),
    onSuccess: async (quote) => {
      queryClient.setQueryData(quoteQuery(quote.id).queryKey, quote)
      await navigate({ to: '/quotes/$id', params: { id: quote.id } })
    },
  })
}
