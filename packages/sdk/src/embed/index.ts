export type { EmbedState } from '../protocol/hostMessages.ts'
export { type EmbedEvents, type EmbeddedWorker, type EmbedOptions, embedWorker } from './embedWorker.ts'
