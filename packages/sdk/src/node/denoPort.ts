// What a job's process can do under Deno, held before the lockdown takes it out of the program's sight.
import type { FromJob } from '../sandbox/messages.ts'
import type { FromDeno } from './readFromDeno.ts'

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

const { stdin, stdout, exit } = Deno
const encoder = new TextEncoder()
const encode = encoder.encode.bind(encoder)
const text = JSON.stringify
const parse = JSON.parse
const read = Response.prototype.text.bind(new Response(stdin.readable))

// Deno ends the process for these, a browser's worker does not.
Deno[Deno.internal]?.core.setUnhandledPromiseRejectionHandler(() => true)

/** A line of JSON to the process above: all that ever leaves this one. */
const writeLine = (said: FromDeno | FromJob): void => {
  // Without a prototype, which the program may have given a `toJSON`.
  let bytes = encode(`${text({ ...said, __proto__: null })}\n`)
  while (bytes.length > 0) bytes = bytes.subarray(stdout.writeSync(bytes))
}

/** What the process above writes once it is told that this one is up: one JSON value. */
export const readOrder = async <T>(): Promise<T> => {
  writeLine({ up: true })
  return parse(await read()) as T
}

/** Tells what a job says; an end ends the process. A result above the limit is refused here, before it costs anybody. */
export const tellTo = (maxLength: number) => {
  return (said: FromJob): void => {
    const tooLarge = 'text' in said && said.text.length > maxLength
    writeLine(tooLarge ? { length: said.text.length } : said)
    if ('text' in said || 'error' in said) exit(0)
  }
}
