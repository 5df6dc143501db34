// First module of the process that runs a job under Deno: gives the job's thread the two things that a browser's worker
// has and Deno's main thread has not, a `postMessage` and somebody who swallows stray rejections.
import type { FromJob } from '../sandbox/messages.ts'

interface DenoCore {
  readonly setUnhandledPromiseRejectionHandler: (handled: () => boolean) => void
}
interface DenoGlobal {
  readonly internal: symbol
  readonly stdin: { readonly readable: ReadableStream<Uint8Array> }
  readonly stdout: { readonly writeSync: (bytes: Uint8Array) => number }
  readonly exit: (code: number) => never
}
declare const Deno: DenoGlobal & Record<symbol, { readonly core: DenoCore }>

// All of it held here: the lockdown takes it out of the program's sight.
const { stdout, exit } = Deno
const utf8 = new TextEncoder()
const text = JSON.stringify

/** A line of JSON to the process above: all that ever leaves this one. */
const writeLine = (value: unknown): void => {
  let bytes = utf8.encode(`${text(value)}\n`)
  while (bytes.length > 0) bytes = bytes.subarray(stdout.writeSync(bytes))
}

let maxLength = 0

/** What a job says: progress goes on its way at once, an end ends the process. */
const postMessage = (said: FromJob): void => {
  const tooLarge = typeof said === 'object' && 'text' in said && said.text.length > maxLength
  writeLine(tooLarge ? { length: said.text.length } : said)
  if (typeof said === 'object') exit(0)
}
Object.assign(globalThis, { postMessage })

// Deno ends the process for these, a browser's worker does not.
Deno[Deno.internal]?.core.setUnhandledPromiseRejectionHandler(() => true)

/** The job, as the process above writes it. Not awaited at the top of a module, for the load event has to come first. */
export const readOrder = async (): Promise<unknown> => {
  const order = (await new Response(Deno.stdin.readable).json()) as { readonly maxLength: number }
  maxLength = order.maxLength
  return order
}
