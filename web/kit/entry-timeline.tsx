import type { ActivityEntry } from '@pet/pet/quoting/quote-view'
import type { ReactNode } from 'react'
import classes from './entry-timeline.module.css'
import { RuleLink } from './rule-list.tsx'
import { When } from './when.tsx'

/** Events in the order given: when, who did what, and the rules that it happened because of. */
export function EntryTimeline({
  entries,
  subject,
}: {
  entries: ActivityEntry[]
  /** What an entry is about, where the page does not say it already. */
  subject?: (entry: ActivityEntry) => ReactNode
}) {
  return (
    <ol className={classes['entries']}>
      {entries.map((entry) => (
        <li key={entry.position} className={classes['entry']}>
          <span className={classes['when']}>
            <When at={entry.at} />
          </span>
          <span className={classes['what']}>
            <strong>{entry.actorName}</strong> {entry.sentence}
          </span>
          {subject && <span className={classes['subject']}>{subject(entry)}</span>}
          <span className={classes['because']}>
            {entry.because.map((rule) => (
              <span key={rule.id} title={rule.sentence}>
                <RuleLink id={rule.id} document={rule.document} />
              </span>
            ))}
          </span>
          <span className={classes['position']} title={`${entry.eventType}, position in the log`}>
            #{entry.position}
          </span>
        </li>
      ))}
    </ol>
  )
}
