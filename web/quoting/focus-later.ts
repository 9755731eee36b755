/** Moves focus to what the selector finds once the page has been drawn with the change just made. */
export function focusLater(...selectors: string[]): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const selector of selectors) {
        const found = document.querySelector<HTMLElement>(selector)
        if (found) return found.focus()
      }
    }),
  )
}
