/** A piece of markup, as opposed to text that only looks like it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = Markup | string | number | readonly Value[]

/**
 * A template for HTML and XML: whatever is put in is escaped, unless it is itself made by this template.
 *
 * @example markup`<td>${'<b>'}</td>`.text // '<td>&lt;b&gt;</td>'
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => text + textOf(values[index - 1] ?? '') + part),
  )
}

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return value.map(textOf).join('')
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes for text and attributes alike; characters that XML 1.0 has no way to write become �. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
}
