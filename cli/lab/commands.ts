import type { Command } from 'commander'
import { registerCompareCommand } from './compare.ts'
import { registerHistoryCommand } from './history.ts'
import { registerListCommand } from './list.ts'
import { registerProveCommand } from './prove.ts'
import { registerProxyCommand } from './proxy.ts'
import { tellRecoveriesOf } from './recoveries.ts'
import { registerRestoreCommand } from './restore.ts'
import { registerRunCommand } from './run.ts'
import { registerShowCommand } from './show.ts'

/** `pet lab …`: production failures made for real, proved, and undone. */
export function registerLabCommands(program: Command): void {
  const lab = program
    .command('lab')
    .description('make production failures happen for real, prove them, and undo them')
    .hook('preAction', () => tellRecoveriesOf())
  registerListCommand(lab)
  registerShowCommand(lab)
  registerRunCommand(lab)
  registerProveCommand(lab)
  registerProxyCommand(lab)
  registerHistoryCommand(lab)
  registerCompareCommand(lab)
  registerRestoreCommand(lab)
}
