import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from '../features/elements/Button.tsx'
import { Notice } from '../features/elements/Notice.tsx'
import { Page } from '../features/elements/Page.tsx'

/** A page that broke: the bar above stays usable. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Page failed" sentence="This page stopped working.">
      <Notice
        meaning="fail"
        title="An error in the page ended it."
        details={error instanceof Error ? (error.stack ?? error.message) : String(error)}
        action={
          <Button size="small" onClick={reset}>
            Try again
          </Button>
        }
      >
        Your worker, your wallet and your tasks are not touched by it. If trying again does not help, load the page
        anew.
      </Notice>
    </Page>
  )
}
