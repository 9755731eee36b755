import {
  Anchor,
  Badge,
  Button,
  createTheme,
  Paper,
  Table,
  type MantineColorsTuple,
} from '@mantine/core'

const harbour: MantineColorsTuple = [
  '#eef7f9',
  '#dcebef',
  '#b5d7df',
  '#8bc2ce',
  '#68b0c0',
  '#4fa3b6',
  '#3a96ab',
  '#267d91',
  '#17677a',
  '#0c5363',
]

/** The look of PET: dense, calm, and dark enough for axe (shade 8 on white is 6.4 : 1). */
export const theme = createTheme({
  primaryColor: 'harbour',
  colors: { harbour },
  primaryShade: 8,
  defaultRadius: 'sm',
  fontFamily:
    'Inter, "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace:
    '"JetBrains Mono", "Cascadia Code", ui-monospace, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.845rem', md: '0.925rem', lg: '1.05rem', xl: '1.2rem' },
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.1rem', lineHeight: '1.35' },
      h3: { fontSize: '0.95rem', lineHeight: '1.4' },
    },
  },
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: 'hover' } }),
    Badge: Badge.extend({ defaultProps: { radius: 'sm', tt: 'none', fw: 600 } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, p: 'md' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
  },
})
