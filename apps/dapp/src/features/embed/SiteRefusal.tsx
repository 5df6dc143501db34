import { Notice } from '../elements/Notice.tsx'
import { errorSentence } from '../shell/errorSentence.ts'

/** Why the server did not take it. */
export function SiteRefusal({ error, tried }: { error: Error | null; tried: string }) {
  if (error === null) return null
  const { title, hint, details } = errorSentence(error, tried)
  return (
    <Notice meaning="fail" title={title} details={details}>
      {hint}
    </Notice>
  )
}
