import { findChromium } from './chromium.ts'

/** Unpacks the browser once, before tests in parallel each would. */
export default async function setup(): Promise<void> {
  await findChromium()
}
