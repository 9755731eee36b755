import { Command, CommanderError } from 'commander'
import { registerAuditCommand } from './audit.ts'
import { registerBackupCommand } from './backup.ts'
import { registerDatabaseCommand } from './database.ts'
import { registerExportCommand } from './export.ts'
import { registerLabCommands } from './lab/commands.ts'
import { badInput, printProblem } from './problem.ts'
import { registerRestoreCommand } from './restore.ts'
import { registerProjectionsCommand } from './projections.ts'
import { registerRulesCommand } from './rules.ts'
import { registerServeCommand } from './serve.ts'
import { registerUpgradeCommand } from './upgrade/command.ts'
import { registerUpCommand } from './up/command.ts'

const exitCodes = `
Exit codes:
  0  done, and all is as it should be
  1  the answer is not the one hoped for: a broken log, a verdict, a start that failed
  2  the input is wrong; nothing was done
  3  PET itself failed
  130  cancelled with Ctrl-C, and taken back

Environment:
  PORT          where "pet up" and "pet serve" listen (default 4400)
  HOST          the address they listen on (default 127.0.0.1)
  PET_HOME      the folder with the data (default .pet)
  DATABASE_URL  another PostgreSQL than the one that PET brings along, as its owner`

const program = new Command('pet')
  .description('PET: plan, execute, track, and never rewrite what happened.')
  .exitOverride()
  .showHelpAfterError('(see "pet --help")')
  .addHelpText('after', exitCodes)

registerUpCommand(program)
registerServeCommand(program)
registerDatabaseCommand(program)
registerAuditCommand(program)
registerExportCommand(program)
registerBackupCommand(program)
registerRestoreCommand(program)
registerUpgradeCommand(program)
registerProjectionsCommand(program)
registerRulesCommand(program)
registerLabCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : badInput) : printProblem(error)
}
