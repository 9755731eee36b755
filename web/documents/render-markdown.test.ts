import { expect, test } from 'vitest'
import { renderMarkdown } from './render-markdown.ts'

test('a rule is reachable by its id, where its item, heading or paragraph begins with it', () => {
  const html = renderMarkdown(
    '# Title\n\n- **QUO-4** Accepted is final.\n- **QUO-5** Sent is frozen.\n\n## TIM-3: Submitted\n\n**ST1-7** Kept.',
  )
  expect(html).toContain('<li id="QUO-4" class="rule" tabindex="-1">')
  expect(html).toContain('<li id="QUO-5" class="rule" tabindex="-1">')
  expect(html).toContain('<h2 id="TIM-3" class="rule" tabindex="-1">')
  expect(html).toContain('<p id="ST1-7" class="rule" tabindex="-1">')
})

test('a rule that is only mentioned takes no anchor away', () => {
  expect(renderMarkdown('See QUO-4 for that.')).not.toContain('id=')
})

test('the title is left to the page', () => {
  expect(renderMarkdown('# Quoting and Pricing\n\nText.')).toBe('<p>Text.</p>\n')
})

test('links to other documents lead to their pages', () => {
  expect(renderMarkdown('[there](time-tracking.md#TIM-3)')).toContain(
    'href="/documents/time-tracking#TIM-3"',
  )
})

test('marks for tools are left out', () => {
  expect(renderMarkdown('One.\n\n<!-- table: quote -->\n\nTwo.')).toBe('<p>One.</p>\n<p>Two.</p>\n')
})

test('raw HTML and scripts in links stay text', () => {
  const html = renderMarkdown('<img src=x onerror=alert(1)> [x](javascript:alert(1))')
  expect(html).not.toContain('<img')
  expect(html).not.toContain('href')
})
