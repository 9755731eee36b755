import { Paper, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { EntryTimeline } from '../kit/entry-timeline.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { historyQuery } from './quotes-api.ts'

/** Everything that ever happened to the quote, newest first. */
export function QuoteHistory({ id }: { id: string }) {
  const history = useQuery(historyQuery(id))
  return (
    <Paper component="section" aria-labelledby="history">
      <Title order={2} id="history" mb="sm">
        History
      </Title>
      <Loaded query={history}>
        {({ entries }) => (
          <EntryTimeline entries={entries.toSorted((a, b) => b.position - a.position)} />
        )}
      </Loaded>
    </Paper>
  )
}
