/** The package comes without types; this is what of it the tests use. */
declare module 'parse-prometheus-text-format' {
  export type ParsedFamily = {
    name: string
    help: string
    type: string
    metrics: { value?: string; labels?: Record<string, string> }[]
  }
  export default function parsePrometheusTextFormat(text: string): ParsedFamily[]
}
