export type { WorkerEvent } from '@oblivion/core'
export { createFakeEmbed, type FakeEmbed } from './createFakeEmbed.ts'
export { createFakeWorker, type FakeWorker } from './createFakeWorker.ts'
