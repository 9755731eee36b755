import { existsSync } from 'node:fs'
import { labFolders, openLabStore } from '@pet/lab/open-lab'
import type { Store } from '@pet/lab/store'
import { petHome } from '../home.ts'

/** The lab's database; where there has been no lab yet, looking makes none. */
export function readStore(home = petHome()): Store | undefined {
  const folders = labFolders(home)
  const isThere = existsSync(folders.store) || existsSync(folders.records)
  return isThere ? openLabStore(folders) : undefined
}
