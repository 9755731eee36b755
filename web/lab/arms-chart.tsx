import 'uplot/dist/uPlot.min.css'
import { Group, Text, useComputedColorScheme } from '@mantine/core'
import type { Arm } from '@pet/lab/api-types'
import { useEffect, useId, useRef } from 'react'
import UPlot from 'uplot'
import classes from './arms-chart.module.css'
import { formatFigure, unitName } from './format-figure.ts'
import type { Points } from './live-run.ts'

type Line = { arm: Arm; light: string; dark: string; dash: number[] }

/** Told apart by dash as well as by colour. */
const lines: Line[] = [
  { arm: 'control', light: '#4a5560', dark: '#aab6c0', dash: [] },
  { arm: 'failure', light: '#c22f2f', dark: '#ff8787', dash: [6, 4] },
  { arm: 'remedy', light: '#17677a', dark: '#68b0c0', dash: [2, 3] },
]
const heightPixels = 190
const noData: UPlot.AlignedData = [[], [], [], []]

/** One metric of the three arms on one axis, drawn while it is measured. */
export function ArmsChart({
  title,
  unit,
  arms,
}: {
  title: string
  unit: string
  arms: Record<Arm, Points>
}) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot | null>(null)
  const scheme = useComputedColorScheme('light')
  const caption = useId()
  const data = alignedData(arms)

  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = new UPlot(chartOptions(element.clientWidth, scheme), noData, element)
    chart.current = made
    const watch = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: heightPixels }),
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      chart.current = null
    }
  }, [scheme])
  // Every new point is set on the chart that is there, without building it anew.
  useEffect(() => chart.current?.setData(data))

  return (
    <figure className={classes['figure']} aria-labelledby={caption}>
      <figcaption id={caption}>
        <Text size="sm" fw={600}>
          {title}
          {unitName(unit) !== '' && ` (${unitName(unit)})`}
        </Text>
        <Group gap="md">
          {lines.map((line) => (
            <Text key={line.arm} size="xs" c="dimmed" className="figures">
              <Swatch line={line} colour={line[scheme]} /> {line.arm}:{' '}
              {lastOf(arms[line.arm], unit)}
            </Text>
          ))}
        </Group>
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  )
}

function Swatch({ line, colour }: { line: Line; colour: string }) {
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="22"
        y1="4"
        y2="4"
        stroke={colour}
        strokeWidth="2"
        strokeDasharray={line.dash.join(' ')}
      />
    </svg>
  )
}

function lastOf(points: Points, unit: string): string {
  const last = points.values.at(-1)
  return last === undefined ? 'not yet' : formatFigure(last, unit)
}

function alignedData(arms: Record<Arm, Points>): UPlot.AlignedData {
  const tables = lines.map(({ arm }): UPlot.AlignedData => {
    const { atMs, values } = arms[arm]
    return [atMs.map((time) => time / 1_000), values]
  })
  return UPlot.join(tables)
}

function chartOptions(width: number, scheme: 'light' | 'dark'): UPlot.Options {
  const ink = scheme === 'light' ? '#5b6670' : '#9aa7b0'
  const axis = { stroke: ink, grid: { stroke: `${ink}30` }, ticks: { stroke: `${ink}30` } }
  return {
    width,
    height: heightPixels,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: { min: { pad: 0.1, soft: 0, mode: 1 }, max: { pad: 0.1 } } },
    },
    axes: [
      { ...axis, size: 28, values: (_chart, splits) => splits.map((seconds) => `${seconds} s`) },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.arm,
        stroke: line[scheme],
        width: 2,
        dash: line.dash,
        spanGaps: true,
      })),
    ],
  }
}
