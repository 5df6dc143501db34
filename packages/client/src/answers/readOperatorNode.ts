import type { OperatorNode } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'
import { readNode } from './readNode.ts'

/** A node as operators' functions answer it. */
export const readOperatorNode = (fields: Fields): OperatorNode => ({
  ...readNode(fields),
  provider: fields.text('provider'),
  maxJobs: fields.number('maxJobs'),
})
