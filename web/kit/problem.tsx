import { Alert, Button, Group, List, Text } from '@mantine/core'
import { problemOf } from './problem-error.ts'
import { RuleList } from './rule-list.tsx'

/** Shows why something was refused or failed: the sentence, each rule behind it, and each field. */
export function Problem({
  error,
  onRetry,
  showFields = true,
}: {
  error: unknown
  onRetry?: () => void
  showFields?: boolean
}) {
  const { title, detail, rules, errors } = problemOf(error)
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      {detail !== undefined && detail !== title && <Text size="sm">{detail}</Text>}
      {rules !== undefined && rules.length > 0 && <RuleList rules={rules} />}
      {showFields && errors !== undefined && errors.length > 0 && (
        <List size="sm" mt={4}>
          {errors.map((one) => (
            <List.Item key={one.field + one.message}>
              <strong>{one.field}</strong>: {one.message}
            </List.Item>
          ))}
        </List>
      )}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  )
}
