import { open, writeFile } from 'node:fs/promises'
import type { RunResult } from '@pet/lab/api-types'
import { htmlReport } from '@pet/lab/html-report'
import { junitReport } from '@pet/lab/junit-report'
import { markdownReport } from '@pet/lab/markdown-report'
import { CommandProblem, badInput } from '../problem.ts'

/** Where reports are to go; a file that is there is replaced, as CI wants it. */
export type ReportPaths = { junit?: string; html?: string; markdown?: string }

const written: Record<keyof ReportPaths, (results: readonly RunResult[]) => string> = {
  junit: junitReport,
  html: (results) => htmlReport(results, new Date()),
  markdown: markdownReport,
}

/**
 * Makes sure that every report can be written, before anything is run.
 *
 * @throws CommandProblem when one can't
 */
export async function openReports(
  paths: ReportPaths,
): Promise<{ write(results: readonly RunResult[]): Promise<void> }> {
  const kinds = ['junit', 'html', 'markdown'] as const
  const wanted = kinds.flatMap((kind) => {
    const path = paths[kind]
    return path === undefined ? [] : [{ kind, path }]
  })
  for (const { kind, path } of wanted) await checkWritable(kind, path)
  return {
    write: async (results) => {
      for (const { kind, path } of wanted) await writeFile(path, written[kind](results))
    },
  }
}

async function checkWritable(kind: string, path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new CommandProblem(
      `Can't write the ${kind} report to ${path}: ${message}.`,
      'Give the path of a file in a folder that is there.',
      badInput,
    )
  }
}
