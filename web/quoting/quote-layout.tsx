import type { ReactNode } from 'react'
import { Stack } from '@mantine/core'
import classes from './quote-layout.module.css'

/** The content beside what stays in sight; one below the other where the screen is narrow. */
export function QuoteLayout({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className={classes['columns']}>
      <Stack gap="md" className={classes['content'] ?? ''}>
        {children}
      </Stack>
      <aside className={classes['aside']} aria-label="Summary">
        <Stack gap="sm">{aside}</Stack>
      </aside>
    </div>
  )
}
