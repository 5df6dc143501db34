export { createClient, registerNode } from '@oblivion/client'
export { type ErrorCode, OblivionError, type Registration } from '@oblivion/core'
export type { JobReport } from '../agent/Host.ts'
export {
  createServerWorker,
  type ServerPrograms,
  type ServerWorker,
  type ServerWorkerEvent,
  type ServerWorkerHealth,
  type ServerWorkerOptions,
} from './createServerWorker.ts'
export { headersOf } from './headersOf.ts'
export { type KeptNode, type KeptNodeNotice, keptNode } from './keptNode.ts'
