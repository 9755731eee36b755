import { Box, Paper, Text } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import type { Currency, Section } from '@pet/pet/quoting/quote-content'
import { AdjustmentLines } from './adjustment-lines.tsx'
import { TextField } from './fields.tsx'
import { ImplementationMilestones } from './implementation-milestones.tsx'
import { replaced } from './list-edits.ts'
import { kindWords } from './new-parts.ts'
import { OrderButtons } from './order-buttons.tsx'
import { ProductLines } from './product-lines.tsx'
import { RecurringLines } from './recurring-lines.tsx'
import classes from './section-editor.module.css'

/** One section of a draft: its title, its sum, its place, and its lines to write in. */
export function SectionEditor({
  sections,
  index,
  currency,
  sumMinor,
  onChange,
}: {
  sections: Section[]
  index: number
  currency: Currency
  sumMinor: number
  onChange: (sections: Section[]) => void
}) {
  const section = sections[index]
  if (section === undefined) return null
  const change = (changed: Section) => onChange(replaced(sections, changed))
  return (
    <Paper
      className={classes['section'] ?? ''}
      component="section"
      p={0}
      aria-label={`Section ${index + 1}: ${section.title}`}
      data-line={section.id}
    >
      <div className={classes['head']}>
        <Box flex={1}>
          <TextField
            label={kindWords[section.kind].title}
            path={`sections.${index}.title`}
            value={section.title}
            onChange={(title) => change({ ...section, title })}
          />
        </Box>
        <Text fw={650} className="figures" pb={4} px="xs">
          {formatMoney(sumMinor, currency)}
        </Text>
        <OrderButtons
          list={sections}
          index={index}
          name={`section ${section.title || index + 1}`}
          listId="sections"
          onChange={onChange}
        />
      </div>
      <div className={classes['body']}>
        <SectionLines
          section={section}
          path={`sections.${index}`}
          currency={currency}
          onChange={change}
        />
      </div>
    </Paper>
  )
}

function SectionLines({
  section,
  ...rest
}: {
  section: Section
  path: string
  currency: Currency
  onChange: (section: Section) => void
}) {
  switch (section.kind) {
    case 'products':
      return <ProductLines section={section} {...rest} />
    case 'implementation':
      return <ImplementationMilestones section={section} {...rest} />
    case 'recurring':
      return <RecurringLines section={section} {...rest} />
    case 'adjustment':
      return <AdjustmentLines section={section} {...rest} />
  }
}
