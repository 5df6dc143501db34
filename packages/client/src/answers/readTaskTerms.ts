import type { TaskTermsHeld } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readTaskTerms = (terms: Fields): TaskTermsHeld => ({
  maxConcurrentChunks: terms.orNull('maxConcurrentChunks', terms.number),
  maxAttempts: terms.number('maxAttempts'),
  timeoutSeconds: terms.number('timeoutSeconds'),
  priority: terms.number('priority'),
  replicas: terms.number('replicas'),
  quorum: terms.number('quorum'),
  metered: isMetered(terms),
})

/** A database that does not say it knows fixed prices alone. */
export const isMetered = (fields: Fields): boolean => fields.orNull('metered', fields.flag) ?? false
