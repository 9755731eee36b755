import type { Currency, Section, SectionKind } from '@pet/pet/quoting/quote-content'

/** What the body of a section of that kind is given to write in. */
export type SectionBody<Kind extends SectionKind> = {
  section: Extract<Section, { kind: Kind }>
  /** Where the section stands in the content: `sections.0`. */
  path: string
  currency: Currency
  onChange: (section: Section) => void
}
