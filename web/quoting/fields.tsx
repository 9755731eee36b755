import { TextInput, type TextInputProps } from '@mantine/core'
import type { Currency } from '@pet/pet/quoting/quote-content'
import { useId, useState } from 'react'
import { useFieldError, useReportUnreadable } from './editor-context.ts'
import { hoursText, readHours } from './hours-text.ts'
import { moneyText, readMoney, type Reading } from './money-text.ts'

type FieldProps<Value> = {
  /** Shown above the field; in a table, whose column heads say it, only spoken. */
  label: string
  labelHidden?: boolean
  /** Where the value stands in the content: `sections.0.title`. */
  path: string
  value: Value
  onChange: (value: Value) => void
  placeholder?: string
}

export function TextField({ value, onChange, ...props }: FieldProps<string>) {
  const error = useFieldError(props.path)
  return (
    <TextInput
      {...look(props)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  )
}

export function MoneyField({
  currency,
  negative = false,
  ...props
}: FieldProps<number> & { currency: Currency; negative?: boolean }) {
  return (
    <ReadingField
      {...props}
      read={(text) => readMoney(text, currency, { negative })}
      write={(amountMinor) => moneyText(amountMinor, currency)}
    />
  )
}

export function HoursField(props: FieldProps<number | null>) {
  return <ReadingField placeholder="7:30" {...props} read={readHours} write={hoursText} />
}

export function CountField({ most, ...props }: FieldProps<number> & { most: number }) {
  return (
    <ReadingField {...props} read={(text) => readCount(text, most)} write={(count) => `${count}`} />
  )
}

/** A field whose text stands for a value: shows what was typed until it can be read and is left. */
function ReadingField<Value>({
  value,
  onChange,
  read,
  write,
  ...props
}: FieldProps<Value> & {
  read: (text: string) => Reading<Value>
  write: (value: Value) => string
}) {
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const [focused, setFocused] = useState(false)
  const reading = typed === null ? undefined : read(typed)
  const unreadable = reading?.ok === false
  useReportUnreadable(id, unreadable)
  const contentError = useFieldError(props.path)
  return (
    <TextInput
      {...look(props)}
      inputMode="text"
      styles={{ input: { textAlign: 'right', fontVariantNumeric: 'tabular-nums' } }}
      value={typed ?? write(value)}
      error={unreadable && !focused ? reading.message : contentError}
      onFocus={(event) => {
        setFocused(true)
        event.currentTarget.select()
      }}
      onBlur={() => {
        setFocused(false)
        if (!unreadable) setTyped(null)
      }}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        const now = read(text)
        if (now.ok) onChange(now.value)
      }}
    />
  )
}

function look({
  label,
  labelHidden = false,
  placeholder,
}: Pick<FieldProps<unknown>, 'label' | 'labelHidden' | 'placeholder'>): TextInputProps {
  return {
    size: 'xs',
    ...(labelHidden ? { 'aria-label': label } : { label }),
    ...(placeholder !== undefined && { placeholder }),
  }
}

function readCount(text: string, most: number): Reading<number> {
  const written = text.trim()
  const count = Number(written)
  if (!/^\d{1,9}$/.test(written) || count < 1 || count > most)
    return { ok: false, message: `A whole number from 1 to ${most}` }
  return { ok: true, value: count }
}
