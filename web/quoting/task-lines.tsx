import { NativeSelect } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import { workRoles, type Currency, type Milestone, type Task } from '@pet/pet/quoting/quote-content'
import { taskAmountMinor } from '@pet/pet/quoting/totals'
import { HoursField, MoneyField, TextField } from './fields.tsx'
import { LinesEditor, type LineColumn } from './lines-editor.tsx'
import { newTask } from './new-parts.ts'

/** Tasks of one milestone: who does it, for how long, at which rate. */
export function TaskLines({
  milestone,
  path,
  currency,
  onChange,
}: {
  milestone: Milestone
  path: string
  currency: Currency
  onChange: (tasks: Task[]) => void
}) {
  return (
    <LinesEditor
      listId={milestone.id}
      label={`Tasks of ${milestone.title || 'the milestone'}`}
      path={`${path}.tasks`}
      lines={milestone.tasks}
      nameOf={(task) => task.title}
      create={newTask}
      addLabel="Add a task"
      amount={(task) => formatMoney(taskAmountMinor(task), currency)}
      onChange={onChange}
      columns={taskColumns(currency)}
    />
  )
}

function taskColumns(currency: Currency): LineColumn<Task>[] {
  return [
    {
      head: 'Task',
      cell: (task, at, change) => (
        <TextField
          label="Task"
          labelHidden
          path={`${at}.title`}
          value={task.title}
          onChange={(title) => change({ ...task, title })}
        />
      ),
    },
    {
      head: 'Role',
      width: 150,
      cell: (task, _at, change) => (
        <NativeSelect
          size="xs"
          aria-label="Role"
          value={task.role}
          data={[...workRoles]}
          onChange={(event) => change({ ...task, role: event.currentTarget.value as Task['role'] })}
        />
      ),
    },
    {
      head: 'Hours',
      width: 80,
      cell: (task, at, change) => (
        <HoursField
          label="Hours"
          labelHidden
          path={`${at}.minutes`}
          value={task.minutes}
          onChange={(minutes) => change({ ...task, minutes })}
        />
      ),
    },
    {
      head: `Rate (${currency}/h)`,
      width: 110,
      cell: (task, at, change) => (
        <MoneyField
          label="Rate per hour"
          labelHidden
          currency={currency}
          path={`${at}.hourlyRateMinor`}
          value={task.hourlyRateMinor}
          onChange={(hourlyRateMinor) => change({ ...task, hourlyRateMinor })}
        />
      ),
    },
  ]
}
