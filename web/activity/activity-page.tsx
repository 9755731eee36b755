import { Button, Group, Paper, Text, TextInput } from '@mantine/core'
import type { ActivityEntry } from '@pet/pet/quoting/quote-view'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../kit/api.ts'
import { EmptyState } from '../kit/empty-state.tsx'
import { EntryTimeline } from '../kit/entry-timeline.tsx'
import { TextLink } from '../kit/link.tsx'
import { Loading } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { Problem } from '../kit/problem.tsx'
import { matchesWords } from '../kit/matches-words.ts'

type ActivityPart = { entries: ActivityEntry[]; next: number | null }

const pageSize = 50
const refreshMs = 4_000

/** Everything that happened in the firm, newest first, growing by itself. */
export function ActivityPage() {
  const [text, setText] = useState('')
  const feed = useInfiniteQuery({
    queryKey: ['activity'],
    queryFn: ({ pageParam, signal }) =>
      request<ActivityPart>(
        'GET',
        `/api/activity?limit=${pageSize}${pageParam === null ? '' : `&before=${pageParam}`}`,
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: refreshMs,
  })
  const entries = feed.data?.pages.flatMap((page) => page.entries) ?? []
  const shown = entries.filter((entry) => matchesWords(wordsOf(entry), text))
  return (
    <Page title="Activity" size={920}>
      <Group gap="sm" align="end">
        <TextInput
          label="Filter"
          placeholder="A name, a quote, a rule such as QUO-4"
          type="search"
          w={320}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" pb={6}>
          {text === '' ? `${entries.length} shown` : `${shown.length} of ${entries.length} loaded`}
        </Text>
      </Group>
      {feed.isError && <Problem error={feed.error} onRetry={() => void feed.refetch()} />}
      {feed.isPending && <Loading />}
      {feed.isSuccess && entries.length === 0 && (
        <EmptyState title="Nothing happened yet">
          Whatever people do in PET becomes an event here, in the order that it happened, and stays.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <Paper>
          <EntryTimeline entries={shown} subject={(entry) => <Subject entry={entry} />} />
        </Paper>
      )}
      {feed.isSuccess && entries.length > 0 && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing loaded so far matches these words.
        </Text>
      )}
      {feed.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={feed.isFetchingNextPage}
            onClick={() => void feed.fetchNextPage()}
          >
            Load older ones
          </Button>
        </Group>
      )}
    </Page>
  )
}

function Subject({ entry }: { entry: ActivityEntry }) {
  const { subject } = entry
  if (subject.kind !== 'quote')
    return (
      <Text span size="sm" c="dimmed">
        {subject.label}
      </Text>
    )
  return (
    <TextLink to="/quotes/$id" params={{ id: subject.id }} size="sm">
      {subject.label}
    </TextLink>
  )
}

function wordsOf(entry: ActivityEntry): string {
  const rules = entry.because.map((rule) => `${rule.id} ${rule.sentence}`)
  return [entry.sentence, entry.actorName, entry.eventType, entry.subject.label, ...rules].join(' ')
}
