import { Paper, Typography } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useMemo, useRef } from 'react'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import classes from './document-page.module.css'
import { documentQuery } from './documents-api.ts'
import { renderMarkdown } from './render-markdown.ts'

const documentRoute = getRouteApi('/shell/documents/$name')

/** One document; an address with a rule's id scrolls to that rule and marks it. */
export function DocumentPage() {
  const { name } = documentRoute.useParams()
  const document = useQuery(documentQuery(name))
  return (
    <Page
      title={document.data?.title ?? 'Document'}
      size={820}
      actions={
        <TextLink to="/documents" size="sm">
          All documents
        </TextLink>
      }
    >
      <Loaded query={document}>
        {({ markdown }) => <Text key={name} markdown={markdown} />}
      </Loaded>
    </Page>
  )
}

function Text({ markdown }: { markdown: string }) {
  const html = useMemo(() => renderMarkdown(markdown), [markdown])
  const text = useRef<HTMLDivElement>(null)
  const router = useRouter()
  const hash = useLocation({ select: (location) => location.hash })
  useEffect(() => {
    const rule = hash === '' ? null : text.current?.querySelector<HTMLElement>(`#${CSS.escape(hash)}`)
    if (!rule) return
    rule.dataset['marked'] = 'true'
    rule.scrollIntoView({ block: 'center' })
    rule.focus({ preventScroll: true })
    return () => void delete rule.dataset['marked']
  }, [hash, html])
  useEffect(() => {
    if (text.current) return followLinksInside(text.current, router)
  }, [router])
  return (
    <Paper px="xl" py="lg">
      <Typography className={classes['text'] ?? ''}>
        {/* Our own document, rendered with raw HTML switched off. */}
        <div ref={text} dangerouslySetInnerHTML={{ __html: html }} />
      </Typography>
    </Paper>
  )
}

/** Plain clicks on links to other pages of PET go there without loading everything anew. */
function followLinksInside(
  text: HTMLElement,
  router: { navigate: (to: { href: string }) => unknown },
): () => void {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (!link || !isPlain || link.origin !== window.location.origin) return
    event.preventDefault()
    void router.navigate({ href: link.pathname + link.hash })
  }
  text.addEventListener('click', follow)
  return () => text.removeEventListener('click', follow)
}
