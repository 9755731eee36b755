import { NativeSelect } from '@mantine/core'
import { currencies, type Currency, type QuoteContent } from '@pet/pet/quoting/quote-content'
import { useQuery } from '@tanstack/react-query'
import { useFieldError } from './editor-context.ts'
import { customersQuery } from './quotes-api.ts'

/** Whom the quote is for, and the currency that it is in. */
export function RecipientFields({
  content,
  onChange,
}: {
  content: QuoteContent
  onChange: (content: QuoteContent) => void
}) {
  const customers = useQuery(customersQuery)
  const list = customers.data?.customers ?? []
  const contacts = list.find((one) => one.id === content.customerId)?.contacts ?? []
  const customerError = useFieldError('customerId')
  const contactError = useFieldError('contactId')
  return (
    <>
      <NativeSelect
        label="Currency"
        size="xs"
        value={content.currency}
        data={Object.keys(currencies)}
        onChange={(event) =>
          onChange({ ...content, currency: event.currentTarget.value as Currency })
        }
      />
      <NativeSelect
        label="Customer"
        size="xs"
        error={customers.isError ? 'The customers could not be loaded' : customerError}
        value={content.customerId ?? ''}
        data={[
          { value: '', label: 'Choose a customer' },
          ...list.map((one) => ({ value: one.id, label: one.name })),
        ]}
        onChange={(event) => {
          const customer = list.find((one) => one.id === event.currentTarget.value)
          const onlyContact = customer?.contacts.length === 1 ? customer.contacts[0] : undefined
          onChange({
            ...content,
            customerId: customer?.id ?? null,
            contactId: onlyContact?.id ?? null,
          })
        }}
      />
      <NativeSelect
        label="Contact"
        size="xs"
        error={contactError}
        disabled={content.customerId === null}
        value={content.contactId ?? ''}
        data={[
          { value: '', label: 'Choose who decides' },
          ...contacts.map((one) => ({
            value: one.id,
            label: [one.name ?? 'Name erased', one.email].filter(Boolean).join(' · '),
          })),
        ]}
        onChange={(event) => onChange({ ...content, contactId: event.currentTarget.value || null })}
      />
    </>
  )
}
