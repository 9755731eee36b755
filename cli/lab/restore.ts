import type { Command } from 'commander'
import { restoreLab } from '@pet/lab/open-lab'
import { petHome } from '../home.ts'
import { ownFailure } from '../problem.ts'
import { withExitCode } from './problem.ts'

export function registerRestoreCommand(lab: Command): void {
  lab
    .command('restore')
    .description('take back whatever a killed lab left behind (its watchdog does so by itself)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit code 3 when something could not be taken back; it is named.')
    .action(({ json }: { json?: true }) =>
      withExitCode(async () => {
        const { undone, failed, recoveryMs } = await restoreLab({ home: petHome() })
        if (json) console.log(JSON.stringify({ undone, failed, recoveryMs }))
        else if (undone.length + failed.length === 0) console.log('Nothing is left to take back.')
        else if (undone.length > 0) {
          console.log(`Taken back in ${recoveryMs} ms: ${undone.join(', ')}`)
        }
        for (const { kind, reason } of failed) console.error(`${kind} is still there: ${reason}`)
        if (failed.length > 0) process.exitCode = ownFailure
      }),
    )
}
