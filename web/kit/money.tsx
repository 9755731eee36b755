import { Text, type TextProps } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import type { Currency } from '@pet/pet/quoting/quote-content'

/** An amount in minor units, as people read it, with figures that line up. */
export function Money({
  amountMinor,
  currency,
  ...text
}: { amountMinor: number; currency: Currency } & TextProps) {
  return (
    <Text span inherit className="figures" {...text}>
      {formatMoney(amountMinor, currency)}
    </Text>
  )
}
