import { Badge } from '@mantine/core'
import type { Target } from '@pet/lab/api-types'

/** What a scenario acts on. */
export function TargetBadges({ targets }: { targets: Target[] }) {
  return targets.map((target) => (
    <Badge key={target} variant="light" color="gray">
      {target}
    </Badge>
  ))
}
