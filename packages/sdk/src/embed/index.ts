export { type ErrorCode, OblivionError } from '@oblivion/core'
export type { EmbedState } from '../protocol/hostMessages.ts'
export { type EmbeddedWorker, type EmbedEvents, type EmbedOptions, embedWorker } from './embedWorker.ts'
