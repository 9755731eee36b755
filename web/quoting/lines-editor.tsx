import { Button, Table, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from '../kit/icon.tsx'
import { focusLater } from './focus-later.ts'
import { replaced } from './list-edits.ts'
import { OrderButtons } from './order-buttons.tsx'

export type LineColumn<Line> = {
  head: string
  /** CSS width; the first column takes what is left. */
  width?: number
  /** The cell of a line: its fields, at that path of the content. */
  cell: (line: Line, path: string, change: (line: Line) => void) => ReactNode
}

/** Lines of one section or milestone, as a table to write in. */
export function LinesEditor<Line extends { id: string }>({
  listId,
  label,
  path,
  lines,
  columns,
  amount,
  nameOf,
  create,
  addLabel,
  onChange,
}: {
  listId: string
  label: string
  path: string
  lines: Line[]
  columns: LineColumn<Line>[]
  amount: (line: Line) => ReactNode
  nameOf: (line: Line) => string
  create: () => Line
  addLabel: string
  onChange: (lines: Line[]) => void
}) {
  return (
    <div>
      {lines.length > 0 && (
        <Table.ScrollContainer minWidth={620} type="native">
          <Table
            aria-label={label}
            withRowBorders={false}
            verticalSpacing={3}
            horizontalSpacing={4}
            layout="fixed"
          >
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.head} w={column.width} fz="xs" c="dimmed">
                    {column.head}
                  </Table.Th>
                ))}
                <Table.Th w={118} ta="right" fz="xs" c="dimmed">
                  Amount
                </Table.Th>
                <Table.Th w={96}>
                  <VisuallyHidden>Order</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map((line, index) => (
                <Table.Tr key={line.id} data-line={line.id}>
                  {columns.map((column) => (
                    <Table.Td key={column.head} valign="top">
                      {column.cell(line, `${path}.${index}`, (changed) =>
                        onChange(replaced(lines, changed)),
                      )}
                    </Table.Td>
                  ))}
                  <Table.Td ta="right" valign="top" pt={8} fz="sm" className="figures">
                    {amount(line)}
                  </Table.Td>
                  <Table.Td valign="top">
                    <OrderButtons
                      list={lines}
                      index={index}
                      name={nameOf(line) || `line ${index + 1}`}
                      listId={listId}
                      onChange={onChange}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Button
        data-add={listId}
        size="compact-xs"
        variant="subtle"
        mt={4}
        leftSection={<Icon name="add" />}
        onClick={() => {
          const line = create()
          onChange([...lines, line])
          focusLater(`[data-line="${line.id}"] input`)
        }}
      >
        {addLabel}
      </Button>
    </div>
  )
}
