import MarkdownIt from 'markdown-it'

// Raw HTML stays text, and links to anything but http, https, mailto and our own pages stay text too.
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false })

type Token = ReturnType<typeof markdown.parse>[number]

/** Marks for tools, such as where a generated table begins. */
const wholeLineComment = /^<!--.*-->$/gm

const ruleId = /^[A-Z][A-Z\d]{1,5}-\d{1,4}$/

/**
 * One of PET's documents as HTML. Each place that states a rule (a heading, item or paragraph that
 * begins with its id) gets that id as its anchor; headings get one of their words; links to other
 * documents lead to their pages. The first heading is left out: it is the page's title.
 */
export function renderMarkdown(source: string): string {
  const tokens = withoutTitle(markdown.parse(source.replace(wholeLineComment, ''), {}))
  let item: Token | undefined
  let block: Token | undefined
  for (const token of tokens) {
    if (token.type === 'list_item_open') item = token
    else if (token.type === 'list_item_close') item = undefined
    else if (token.nesting === 1) block = token
    else if (token.type === 'inline') {
      anchor(token, block, item)
      leadToPages(token)
    } else if (token.type === 'table_open') token.attrSet('tabindex', '0')
  }
  return markdown.renderer.render(tokens, markdown.options, {})
}

function withoutTitle(tokens: Token[]): Token[] {
  const startsWithTitle = tokens[0]?.type === 'heading_open' && tokens[0].tag === 'h1'
  return startsWithTitle ? tokens.slice(3) : tokens
}

function anchor(inline: Token, block: Token | undefined, item: Token | undefined): void {
  const firstWord = plainText(inline).split(/[\s:.–—]/)[0] ?? ''
  const place = item ?? block
  if (ruleId.test(firstWord) && place?.attrGet('id') === null) {
    place.attrSet('id', firstWord)
    place.attrSet('class', 'rule')
    place.attrSet('tabindex', '-1')
  } else if (block?.type === 'heading_open') block.attrSet('id', slug(plainText(inline)))
}

function leadToPages(inline: Token): void {
  for (const token of inline.children ?? []) {
    if (token.type !== 'link_open') continue
    const href = String(token.attrGet('href') ?? '')
    const match = /^(?:\.\/)?([\w-]+)\.md(#[\w-]+)?$/.exec(href)
    if (match) token.attrSet('href', `/documents/${match[1]}${match[2] ?? ''}`)
  }
}

function plainText(inline: Token): string {
  return (inline.children ?? [])
    .filter((token) => token.type === 'text' || token.type === 'code_inline')
    .map((token) => token.content)
    .join('')
    .trim()
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
