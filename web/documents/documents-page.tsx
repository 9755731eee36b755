import { Paper, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../kit/empty-state.tsx'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { documentsQuery } from './documents-api.ts'

/** The documents that state the rules of the business. */
export function DocumentsPage() {
  const documents = useQuery(documentsQuery)
  return (
    <Page title="Documents" size={920}>
      <Text c="dimmed" size="sm">
        These documents state the rules that PET obeys, each with an id. Wherever PET refuses
        something, it names the rule and leads here.
      </Text>
      <Loaded query={documents}>
        {({ documents }) =>
          documents.length === 0 ? (
            <EmptyState title="No documents">This installation brings none along.</EmptyState>
          ) : (
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
              {documents.map((document) => (
                <Paper key={document.name}>
                  <TextLink to="/documents/$name" params={{ name: document.name }} fw={600}>
                    {document.title}
                  </TextLink>
                </Paper>
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </Page>
  )
}
