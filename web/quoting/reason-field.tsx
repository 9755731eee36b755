import { Textarea } from '@mantine/core'

/** The reason that a step which ends a quote has to be given. */
export function ReasonField({
  value,
  onChange,
}: {
  value: string
  onChange: (reason: string) => void
}) {
  return (
    <Textarea
      label="Why"
      required
      maxLength={500}
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
