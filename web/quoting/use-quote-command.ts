import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { quoteQuery } from './quotes-api.ts'

/** A command on a quote: afterwards every page shows what came of it, refused or not. */
export function useQuoteCommand<Input = void>(
  command: (input: Input) => Promise<QuoteView>,
  onDone?: (quote: QuoteView) => void,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: command,
    onSuccess: (quote) => {
      queryClient.setQueryData(quoteQuery(quote.id).queryKey, quote)
      onDone?.(quote)
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['quotes'] })
    },
  })
}
