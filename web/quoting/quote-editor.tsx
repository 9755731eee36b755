import { Button, Menu, Paper, SimpleGrid, Stack, Text, VisuallyHidden } from '@mantine/core'
import type { SectionKind } from '@pet/pet/quoting/quote-content'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { totalsOf } from '@pet/pet/quoting/totals'
import { useBlocker } from '@tanstack/react-router'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { Icon } from '../kit/icon.tsx'
import { EditorContext } from './editor-context.ts'
import { TextField } from './fields.tsx'
import { focusLater } from './focus-later.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { MissingList } from './missing-list.tsx'
import { kindWords, newSection } from './new-parts.ts'
import { QuoteLayout } from './quote-layout.tsx'
import { RecipientFields } from './recipient-fields.tsx'
import { SaveStatus } from './save-status.tsx'
import { SectionEditor } from './section-editor.tsx'
import { SendButton } from './send-button.tsx'
import { TotalsSummary } from './totals-summary.tsx'
import { useDraft, type Draft } from './use-draft.ts'

/** A draft, open for writing: what it says on the left, what it amounts to and what is missing beside it. */
export function QuoteEditor({
  quote,
  actions,
  children,
}: {
  quote: QuoteView
  /** What else can be done with the quote. */
  actions: ReactNode
  /** What stands below the draft. */
  children: ReactNode
}) {
  const draft = useDraft(quote)
  const [unreadable, setUnreadable] = useState<ReadonlySet<string>>(new Set())
  const [announcement, announce] = useState('')
  const reportUnreadable = useCallback((fieldId: string, isUnreadable: boolean) => {
    setUnreadable((before) => {
      const after = new Set(before)
      if (isUnreadable) after.add(fieldId)
      else after.delete(fieldId)
      return after
    })
  }, [])
  const blocker = useBlocker({
    shouldBlockFn: async () => unreadable.size > 0 || !(await draft.saveNow()),
    enableBeforeUnload: () => draft.state.kind !== 'saved' || unreadable.size > 0,
    withResolver: true,
  })
  const shared = useMemo(
    () => ({ errors: draft.errors, reportUnreadable, announce }),
    [draft.errors, reportUnreadable],
  )
  return (
    <EditorContext value={shared}>
      <QuoteLayout
        aside={
          <>
            <DraftSide quote={quote} draft={draft} unreadable={unreadable.size} />
            {actions}
          </>
        }
      >
        <DraftFields draft={draft} />
        {children}
      </QuoteLayout>
      <VisuallyHidden role="status" aria-live="polite">
        {announcement}
      </VisuallyHidden>
      {blocker.status === 'blocked' && (
        <LeaveDialog onLeave={blocker.proceed} onStay={blocker.reset} />
      )}
    </EditorContext>
  )
}

function DraftFields({ draft }: { draft: Draft }) {
  const { content, change } = draft
  const totals = totalsOf(content)
  return (
    <Stack gap="sm">
      <Paper component="section" aria-label="What it is about and for whom">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="xs">
          <TextField
            label="Title"
            path="title"
            value={content.title}
            onChange={(title) => change({ ...content, title })}
          />
          <RecipientFields content={content} onChange={change} />
        </SimpleGrid>
      </Paper>
      {content.sections.length === 0 && (
        <Paper p="lg">
          <Text size="sm" c="dimmed" ta="center">
            A quote is made of sections. Add the first one below: products, implementation work, a
            recurring service, or an adjustment of the price.
          </Text>
        </Paper>
      )}
      {content.sections.map((section, index) => (
        <SectionEditor
          key={section.id}
          sections={content.sections}
          index={index}
          currency={content.currency}
          sumMinor={totals.sectionMinor[section.id] ?? 0}
          onChange={(sections) => change({ ...content, sections })}
        />
      ))}
      <AddSection
        onAdd={(kind) => {
          const section = newSection(kind)
          change({ ...content, sections: [...content.sections, section] })
          focusLater(`[data-line="${section.id}"] input`)
        }}
      />
    </Stack>
  )
}

function AddSection({ onAdd }: { onAdd: (kind: SectionKind) => void }) {
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <Button data-add="sections" variant="default" leftSection={<Icon name="add" />} mr="auto">
          Add a section
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(kindWords) as SectionKind[]).map((kind) => (
          <Menu.Item key={kind} onClick={() => onAdd(kind)}>
            <Text size="sm" fw={600}>
              {kindWords[kind].title}
            </Text>
            <Text size="xs" c="dimmed">
              {kindWords[kind].help}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function DraftSide({
  quote,
  draft,
  unreadable,
}: {
  quote: QuoteView
  draft: Draft
  unreadable: number
}) {
  return (
    <>
      <Paper component="section" aria-label="Sums">
        <TotalsSummary content={draft.content} totals={totalsOf(draft.content)} />
      </Paper>
      <Paper component="section" aria-label="Saving and sending">
        <Stack gap="sm">
          <SaveStatus
            state={draft.state}
            unreadable={unreadable}
            invalid={draft.errors.size}
            onRetry={() => void draft.saveNow()}
            onReload={() => void draft.reload()}
            onOverwrite={() => void draft.overwrite()}
          />
          <MissingList missing={quote.missing} />
          <SendButton
            quote={quote}
            ready={unreadable === 0 && draft.errors.size === 0}
            saveFirst={draft.saveNow}
          />
        </Stack>
      </Paper>
    </>
  )
}
