import {
  Alert,
  Anchor,
  Badge,
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Paper,
  Table,
  type CSSVariablesResolver,
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

/** Mantine's dark greys, cooler, so that fields and cards belong together. */
const slate: MantineColorsTuple = [
  '#d3dade',
  '#bac4ca',
  '#94a1aa',
  '#6c7a84',
  '#3d4951',
  '#323d44',
  '#252e33',
  '#1b2125',
  '#161b1f',
  '#101417',
]

/** The look of PET: dense, calm, and dark enough for axe (shade 8 on white is 6.4 : 1). */
export const theme = createTheme({
  primaryColor: 'harbour',
  colors: { harbour, dark: slate },
  primaryShade: 8,
  variantColorResolver: (input) =>
    input.variant === 'light' && input.color !== undefined
      ? tinted(input.color)
      : defaultVariantColorsResolver(input),
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
    // A banner is there to be read; only what has just gone wrong interrupts (role alert).
    Alert: Alert.extend({ defaultProps: { role: 'note' } }),
    Anchor: Anchor.extend({ defaultProps: { underline: 'hover' } }),
    Badge: Badge.extend({ defaultProps: { radius: 'sm', tt: 'none', fw: 600 } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, p: 'md' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
  },
})

/** Mantine's dimmed text and placeholders are too faint for axe on our backgrounds. */
export const legible: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#55606a',
    '--mantine-color-placeholder': '#66717b',
    '--mantine-color-error': '#c22525',
  },
  dark: {
    '--mantine-color-dimmed': '#a6b1b9',
    '--mantine-color-placeholder': '#939ea7',
    '--mantine-color-error': '#ff8f8f',
  },
})

/** The light variant of a colour, with text that is dark (or light) enough to read on it. */
function tinted(colour: string): ReturnType<typeof defaultVariantColorsResolver> {
  const shade = (index: number) => `var(--mantine-color-${colour}-${index})`
  const background = (percent: number) =>
    `light-dark(color-mix(in srgb, ${shade(5)} ${percent}%, white), color-mix(in srgb, ${shade(5)} ${percent + 4}%, transparent))`
  return {
    background: background(14),
    hover: background(22),
    color: `light-dark(color-mix(in srgb, ${shade(9)} 72%, black), ${shade(2)})`,
    border: '1px solid transparent',
  }
}
