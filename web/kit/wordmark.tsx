import { Group, Text } from '@mantine/core'

/** The product's name with its sign. */
export function Wordmark({ withMotto = false }: { withMotto?: boolean }) {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#17677a" />
        <path
          d="M10 25V8h6.5a5 5 0 0 1 0 10H10"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <path d="M17 24h6" stroke="#ffc857" strokeWidth="3" strokeLinecap="round" />
      </svg>
      <div>
        <Text fw={750} size="lg" lh={1.1} style={{ letterSpacing: '0.04em' }}>
          PET
        </Text>
        {withMotto && (
          <Text size="xs" c="dimmed">
            Plan. Execute. Track.
          </Text>
        )}
      </div>
    </Group>
  )
}
