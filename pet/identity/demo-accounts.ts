/** The people of the demo firm. Signing in as one of them takes one click, in the demo only. */
export type DemoAccount = {
  id: string
  name: string
  email: string
  role:
    'sales' | 'project-manager' | 'engineer' | 'support' | 'finance' | 'manager' | 'administrator'
  /** What this person does here, in a sentence. */
  title: string
}

export const demoFirm = 'Alder & Finch Consulting'

export const demoAccounts: readonly DemoAccount[] = [
  {
    id: 'sales',
    name: 'Sofia Marsh',
    email: 'sofia@alder-finch.example',
    role: 'sales',
    title: 'Writes quotes, sends them and corrects them',
  },
  {
    id: 'manager',
    name: 'Malik Osei',
    email: 'malik@alder-finch.example',
    role: 'manager',
    title: 'Reads everything, and writes quotes too',
  },
  {
    id: 'project-manager',
    name: 'Petra Lindqvist',
    email: 'petra@alder-finch.example',
    role: 'project-manager',
    title: 'Reads quotes and what was sold',
  },
  {
    id: 'finance',
    name: 'Fiona Brandt',
    email: 'fiona@alder-finch.example',
    role: 'finance',
    title: 'Reads quotes and their totals',
  },
  {
    id: 'administrator',
    name: 'Ada Novak',
    email: 'ada@alder-finch.example',
    role: 'administrator',
    title: 'Runs the lab; obeys the same rules as everyone',
  },
]
