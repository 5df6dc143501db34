export { type ErrorCode, type JobAtHand, OblivionError, type PauseReason, type WorkerState } from '@oblivion/core'
export type { JobReport } from './agent/Host.ts'
export {
  type CallLimit,
  createWorker,
  type OblivionWorker,
  type WorkerEvents,
  type WorkerOptions,
} from './page/createWorker.ts'
export { defaultLimits, type WorkerLimits } from './protocol/WorkerLimits.ts'
