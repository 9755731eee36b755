import { Table, type TableProps } from '@mantine/core'

/**
 * A table to read that scrolls sideways where the screen is narrower than `minWidth`. With nothing in
 * it to tab to, it is a place to tab to itself, so that the keyboard reaches its end too.
 */
export function WideTable({
  label,
  minWidth,
  ...table
}: TableProps & {
  label: string
  /** In pixels. */
  minWidth: number
}) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      type="native"
      role="group"
      aria-label={`${label}, scrollable`}
      tabIndex={0}
    >
      <Table aria-label={label} {...table} />
    </Table.ScrollContainer>
  )
}
