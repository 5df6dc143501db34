// Entry of the process that runs one job: `deno run` with no permission at all, started by createDenoSandbox.
import type { RunOrder } from '../agent/Host.ts'
import { runJob } from '../sandbox/runJob.ts'
import { readOrder, tellTo } from './denoPort.ts'

/** A WebAssembly module goes through JSON as base64. */
export type WrittenOrder = Omit<RunOrder, 'source'> & { readonly source: string | { readonly wasm: string } }

// Deno dispatches it by a global function that the lockdown takes away.
const loaded = new Promise((resolve) => addEventListener('load', resolve, { once: true }))
const now = performance.now.bind(performance)
const later = setTimeout
const toUrl = URL.createObjectURL.bind(URL)
const MakeBlob = Blob

const decode = (base64: string): ArrayBuffer => Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0)).buffer

const start = ({ maxLength, source, ...order }: WrittenOrder): void => {
  runJob({ ...order, source: typeof source === 'string' ? source : decode(source.wasm) }, globalThis, {
    tell: tellTo(maxLength),
    now,
    // A process of its own computes at a low priority instead of by turns.
    standStill: () => false,
    turn: () => new Promise((resolve) => later(resolve, 0)),
    load: (code) => {
      const url = toUrl(new MakeBlob([code], { type: 'text/javascript' }))
      return async () => ((await import(url)) as { default: unknown }).default
    },
  })
}

// Not awaited at the top: the load event comes after that.
void Promise.all([readOrder<WrittenOrder>(), loaded]).then(([order]) => start(order))
