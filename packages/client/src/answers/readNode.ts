import type { OwnNode } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

/** A node as its wallet's functions answer it. */
export const readNode = (fields: Fields): OwnNode => ({
  nodeId: fields.text('nodeId'),
  hardwareId: fields.text('hardwareId'),
  workerType: fields.oneOf('workerType', ['browser', 'server', 'python']),
  online: fields.flag('online'),
  currentJobs: fields.number('currentJobs'),
  completedJobs: fields.number('completedJobs'),
  hasKey: fields.flag('hasKey'),
  lastSeenAt: fields.text('lastSeenAt'),
  registeredAt: fields.text('registeredAt'),
})
