import { ActionIcon, Group } from '@mantine/core'
import { useContext } from 'react'
import { Icon } from '../kit/icon.tsx'
import { EditorContext } from './editor-context.ts'
import { focusLater } from './focus-later.ts'
import { moved, without } from './list-edits.ts'

/** Moves one item of a list up or down or takes it out, and keeps focus with what was moved. */
export function OrderButtons<Item extends { id: string }>({
  list,
  index,
  name,
  listId,
  onChange,
}: {
  list: Item[]
  index: number
  /** What the item is called: 'the line Licences'. */
  name: string
  /** Id of the list: its button to add carries it as `data-add`. */
  listId: string
  onChange: (list: Item[]) => void
}) {
  const { announce } = useContext(EditorContext)
  const item = list[index]
  if (item === undefined) return null
  const button = (of: string) => `[data-order="${item.id}-${of}"]:not(:disabled)`
  const move = (by: -1 | 1) => {
    onChange(moved(list, index, by))
    announce(`${name} is now ${index + by + 1} of ${list.length}`)
    focusLater(...(by < 0 ? [button('up'), button('down')] : [button('down'), button('up')]))
  }
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Move ${name} up`}
        data-order={`${item.id}-up`}
        disabled={index === 0}
        onClick={() => move(-1)}
      >
        <Icon name="up" />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Move ${name} down`}
        data-order={`${item.id}-down`}
        disabled={index === list.length - 1}
        onClick={() => move(1)}
      >
        <Icon name="down" />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={`Remove ${name}`}
        onClick={() => {
          onChange(without(list, item.id))
          announce(`${name} was removed`)
          focusLater(`[data-add="${listId}"]`)
        }}
      >
        <Icon name="remove" />
      </ActionIcon>
    </Group>
  )
}
