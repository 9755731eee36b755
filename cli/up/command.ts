import type { Command } from 'commander'

export function registerUpCommand(program: Command): void {
  program
    .command('up')
    .description('run PET and the lab with a database of their own, until Ctrl-C')
    .addHelpText('after', '\nExamples:\n  npx pet up\n  PORT=4401 PET_HOME=/var/lib/pet npx pet up')
    .action(async () => {
      const { up } = await import('./up.ts')
      await up()
      process.exit()
    })
}
