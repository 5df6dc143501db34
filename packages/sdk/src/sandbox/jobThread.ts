// The first lines of every job's thread, in front of the program. Bundled to text and put into the shim.
import type { JobContext } from './jobContext.ts'
import type { JobOrder } from './messages.ts'
import { runJob } from './runJob.ts'

const scope = globalThis as unknown as DedicatedWorkerGlobalScope
// Held here, since the program finds none of them any more.
const tell = scope.postMessage.bind(scope)
const toUrl = URL.createObjectURL.bind(URL)
const MakeBlob = Blob
const now = performance.now.bind(performance)
const { port1, port2 } = new MessageChannel()
const { wait } = Atomics

/** A cell to wait on. Shared memory is there without cross-origin isolation, it may only not be passed on. */
const cell = ((): Int32Array | null => {
  try {
    return new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)
  } catch {
    return null
  }
})()

let job: Pick<JobContext, 'setPace'> | null = null

scope.addEventListener('message', ({ data }: MessageEvent<JobOrder | number>) => {
  if (typeof data === 'number') return job?.setPace(data)
  job = runJob(data, scope, {
    tell,
    now,
    standStill: (milliseconds) => cell !== null && wait(cell, 0, 0, milliseconds) === 'timed-out',
    turn: () =>
      new Promise((resolve) => {
        port2.onmessage = () => resolve()
        port1.postMessage(0)
      }),
    load: (code) => {
      // Made before the lockdown, fetched after it: a blob's URL opens nothing but itself, and a static import is not
      // possible, since Chromium gives module workers no start in an opaque origin.
      const url = toUrl(new MakeBlob([code], { type: 'text/javascript' }))
      return async () => ((await import(url)) as { default: unknown }).default
    },
  })
})
