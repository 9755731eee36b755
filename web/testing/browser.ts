import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

export type Violation = {
  rule: string
  impact: 'serious' | 'critical'
  help: string
  /** CSS selectors of where it is. */
  where: string[]
}

/**
 * A browser without a window, for a test that closes it again (`await using` does). The pages that a test
 * visits are the house's own, so it needs no sandbox, which root and many containers can't give it.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, environment } = await findChromium()
  return chromium.launch({
    executablePath,
    headless: true,
    // Without a locale numbers and dates come out as on a machine that has none ("en-US@posix").
    args: ['--no-sandbox', '--lang=en-GB'],
    env: { ...process.env, LANG: 'en_GB.UTF-8', LANGUAGE: 'en_GB', ...environment } as Record<
      string,
      string
    >,
  })
}

/**
 * What axe finds on the page that keeps people out: only serious and critical violations, and only what stays.
 * A menu that is fading out is found for a moment, so whatever is found is looked at again, for a second.
 */
export async function axeViolations(page: Page): Promise<Violation[]> {
  const looks = 5
  for (let look = 1; ; look++) {
    const violations = await lookWithAxe(page)
    if (violations.length === 0 || look === looks) return violations
    await page.waitForTimeout(200)
  }
}

async function lookWithAxe(page: Page): Promise<Violation[]> {
  // Evaluated, not added as a script: the page's content security policy forbids that.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  return violations.flatMap(({ id, impact, help, nodes }) =>
    impact === 'serious' || impact === 'critical'
      ? [{ rule: id, impact, help, where: nodes.flatMap(({ target }) => target.map(String)) }]
      : [],
  )
}

declare global {
  /** What evaluating its source leaves in the page. */
  var axe: typeof import('axe-core')
}
