import { Button, Group, Stack } from '@mantine/core'
import type { Milestone } from '@pet/pet/quoting/quote-content'
import { Icon } from '../kit/icon.tsx'
import { TextField } from './fields.tsx'
import { focusLater } from './focus-later.ts'
import { replaced } from './list-edits.ts'
import { newMilestone } from './new-parts.ts'
import { OrderButtons } from './order-buttons.tsx'
import type { SectionBody } from './section-body.ts'
import classes from './section-editor.module.css'
import { TaskLines } from './task-lines.tsx'

/** Milestones in order, each with its tasks. */
export function ImplementationMilestones({
  section,
  path,
  currency,
  onChange,
}: SectionBody<'implementation'>) {
  const change = (milestones: Milestone[]) => onChange({ ...section, milestones })
  return (
    <Stack gap="sm">
      {section.milestones.map((milestone, index) => (
        <div key={milestone.id} className={classes['milestone']} data-line={milestone.id}>
          <Group gap="xs" wrap="nowrap" align="end" mb={4}>
            <div style={{ flex: 1 }}>
              <TextField
                label="Milestone"
                path={`${path}.milestones.${index}.title`}
                value={milestone.title}
                onChange={(title) => change(replaced(section.milestones, { ...milestone, title }))}
              />
            </div>
            <OrderButtons
              list={section.milestones}
              index={index}
              name={milestone.title ? `milestone ${milestone.title}` : `milestone ${index + 1}`}
              listId={section.id}
              onChange={change}
            />
          </Group>
          <TaskLines
            milestone={milestone}
            path={`${path}.milestones.${index}`}
            currency={currency}
            onChange={(tasks) => change(replaced(section.milestones, { ...milestone, tasks }))}
          />
        </div>
      ))}
      <div>
        <Button
          data-add={section.id}
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon name="add" />}
          onClick={() => {
            const milestone = newMilestone()
            change([...section.milestones, milestone])
            focusLater(`[data-line="${milestone.id}"] input`)
          }}
        >
          Add a milestone
        </Button>
      </div>
    </Stack>
  )
}
