import { isTransient } from '@oblivion/client'
import { Button } from '../elements/Button.tsx'
import { Notice } from '../elements/Notice.tsx'
import { errorSentence } from './errorSentence.ts'

type QueryFailedProps = {
  error: Error
  tried: string
  retry: () => unknown
  /** Said after the reason. */
  also?: string | undefined
}

/** In the place of what could not be read. */
export function QueryFailed({ error, tried, retry, also }: QueryFailedProps) {
  const { title, hint, details } = errorSentence(error, tried)
  return (
    <Notice
      meaning="fail"
      title={title}
      details={details}
      action={
        <Button size="small" onClick={() => void retry()}>
          Try again
        </Button>
      }
    >
      {isTransient(error) ? 'Check your connection. This page asks again by itself.' : hint}
      {also && ` ${also}`}
    </Notice>
  )
}
