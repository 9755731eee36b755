import type { Arm } from '../api-types.ts'
import { markup, type Markup } from './markup.ts'

type Plotted = { arm: Arm; value: number; interval: [low: number, high: number] }

const width = 220
const rowHeight = 14
const margin = 6

/** The arms' figures below each other on one axis that begins at zero: a dot each, on the line of its interval. */
export function intervalPlot(figures: readonly Plotted[]): Markup {
  const ends = [0, ...figures.flatMap(({ value, interval }) => [value, ...interval])]
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  const x = (value: number) =>
    (margin + ((value - least) / (most - least || 1)) * (width - 2 * margin)).toFixed(1)
  const height = figures.length * rowHeight + 2
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">
<line class="axis" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}"/>${figures.map(
    ({ arm, value, interval: [low, high] }, row) => {
      const y = row * rowHeight + rowHeight / 2 + 1
      return markup`<line class="${arm}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/><circle class="${arm}" cx="${x(value)}" cy="${y}" r="4"/>`
    },
  )}</svg>`
}
