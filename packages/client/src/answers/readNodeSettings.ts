import type { NodeSettings } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

/** What the server tells a node that it goes by. */
export const readNodeSettings = (answer: Fields): NodeSettings => {
  const settings = answer.object('settings')
  return {
    heartbeatSeconds: settings.number('heartbeatSeconds'),
    maxJobs: settings.number('maxJobs'),
    maxInlineBytes: settings.number('maxInlineBytes'),
  }
}
