import { Group, Text, Timeline } from '@mantine/core'
import type { ActivityEntry } from '@pet/pet/quoting/quote-view'
import type { ReactNode } from 'react'
import { RuleLink } from './rule-list.tsx'
import { When } from './when.tsx'

/** Events in the order given: what happened, who did it, when, and the rules it happened because of. */
export function EntryTimeline({
  entries,
  subject,
}: {
  entries: ActivityEntry[]
  /** What an entry is about, where the page does not say it already. */
  subject?: (entry: ActivityEntry) => ReactNode
}) {
  return (
    <Timeline
      bulletSize={12}
      lineWidth={2}
      component="ol"
      p={0}
      m={0}
      style={{ listStyle: 'none' }}
    >
      {entries.map((entry) => (
        <Timeline.Item key={entry.position} component="li">
          <Text size="sm">
            {entry.sentence} {subject?.(entry)}
          </Text>
          <Group gap={6}>
            <Text size="xs" c="dimmed">
              {entry.actorName} · <When at={entry.at} /> ·{' '}
              <span title={entry.eventType} className="figures">
                #{entry.position}
              </span>
            </Text>
            {entry.because.map((rule) => (
              <span key={rule.id} title={rule.sentence}>
                <RuleLink id={rule.id} document={rule.document} />
              </span>
            ))}
          </Group>
        </Timeline.Item>
      ))}
    </Timeline>
  )
}
