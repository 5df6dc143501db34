import type { TaskTermsHeld } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readTaskTerms = (terms: Fields): TaskTermsHeld => ({
  maxConcurrentChunks: terms.orNull('maxConcurrentChunks', terms.number),
  maxAttempts: terms.number('maxAttempts'),
  timeoutSeconds: terms.number('timeoutSeconds'),
  priority: terms.number('priority'),
  replicas: terms.number('replicas'),
  quorum: terms.number('quorum'),
})
