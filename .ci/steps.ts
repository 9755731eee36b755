import { spawn } from 'node:child_process'
import { relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { readModules } from './modules.ts'
import { type Finding, findReached } from './reach.ts'
import { findForeignTables } from './tables.ts'

export type Report = {
  /** How many files it looked at; undefined where the tool doesn't say and fails by itself on none. */
  looked: number | undefined
  findings: Finding[]
}

export type Step = { name: string; run: (root: string) => Promise<Report> }

/** What `npm run check` does, to the house and to a copy of it with planted faults alike. */
export const steps: Step[] = [
  { name: 'types', run: (root) => checkTypes(root, '.') },
  { name: 'types of the web', run: (root) => checkTypes(root, 'web') },
  { name: 'lint', run: lint },
  { name: 'format', run: checkFormat },
  { name: 'unused', run: findUnused },
  { name: 'reach', run: checkReach },
]

async function checkTypes(root: string, project: string): Promise<Report> {
  const { lines } = await runTool(root, 'typescript/bin/tsc', [
    ...['--project', project, '--pretty', 'false', '--listFiles'],
  ])
  const findings = lines.flatMap((line) => {
    const [, path, says] = /^(\S+?\(\d+,\d+\)): (error .*)$/.exec(line) ?? []
    if (path && says) return [{ path, says }]
    return line.startsWith('error ') ? [{ path: project, says: line }] : []
  })
  const own = lines.filter((line) => line.startsWith('/') && !line.includes('/node_modules/'))
  return { looked: own.length, findings }
}

async function lint(root: string): Promise<Report> {
  const { output, errors } = await runTool(root, 'oxlint/bin/oxlint', ['--format', 'json'])
  type Diagnostic = {
    message: string
    code?: string
    help?: string
    filename: string
    labels: { span: { line: number } }[]
  }
  const report = parse<{ diagnostics: Diagnostic[]; number_of_files: number }>(output, errors)
  return {
    looked: report.number_of_files,
    findings: report.diagnostics.map(({ message, help, code, filename, labels }) => ({
      path: `${filename}:${labels[0]?.span.line ?? 1}`,
      says: `${message} ${help ?? ''} ${code ?? ''}`,
    })),
  }
}

async function checkFormat(root: string): Promise<Report> {
  const { lines, errors } = await runTool(root, 'prettier/bin/prettier.cjs', [
    ...['--list-different', '.'],
  ])
  const broken = errors.split('\n').filter((line) => line.startsWith('[error]'))
  return {
    looked: undefined,
    findings: [
      ...lines.filter(Boolean).map((path) => ({ path, says: 'not formatted (npm run format)' })),
      ...broken.map((says) => ({ path: '.', says })),
    ],
  }
}

async function findUnused(root: string): Promise<Report> {
  const { output, errors } = await runTool(root, 'knip/bin/knip.js', ['--reporter', 'json'])
  type Issues = { file: string } & Record<string, { name: string; line?: number }[]>
  const { issues } = parse<{ issues: Issues[] }>(output, errors)
  return {
    looked: undefined,
    findings: issues.flatMap(({ file, ...kinds }) =>
      Object.entries(kinds).flatMap(([kind, found]) =>
        found.map(({ name, line }) => ({
          path: line === undefined ? file : `${file}:${line}`,
          says: `${kind}: ${name}`,
        })),
      ),
    ),
  }
}

async function checkReach(root: string): Promise<Report> {
  const modules = await readModules(root)
  return {
    looked: modules.length,
    findings: [...findReached(modules), ...(await findForeignTables(root, modules))],
  }
}

/** Runs a tool's program on this Node: started through `.bin` it would run on the machine's own. */
async function runTool(root: string, program: string, options: string[]) {
  const file = fileURLToPath(new URL(`../node_modules/${program}`, import.meta.url))
  const child = spawn(process.execPath, [file, ...options], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { output, lines: output.split('\n'), errors }
}

function parse<Shape>(output: string, errors: string): Shape {
  try {
    return JSON.parse(output) as Shape
  } catch {
    throw new Error(`The tool printed no report:\n${output}\n${errors}`)
  }
}

/** The path without its line, from the root: what a canary is known by. */
export function fileOf(root: string, { path }: Finding): string {
  const file = path.replace(/[:(]\d[\d,:]*\)?$/, '')
  return file.startsWith('/') ? relative(root, file) : file
}
