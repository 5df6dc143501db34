/** What a job's thread is given. */
export interface JobOrder {
  /** The text of an ES module whose default export is the program, or a WebAssembly module. */
  readonly source: string | ArrayBuffer
  /**
   * The text of an ES module that a customer's program needs: for `js` its default export gives the realm its exact `Math`,
   * for `wasm` it runs the module. Null for a built-in, which brings its own.
   */
  readonly support: string | null
  readonly input: unknown
  /** At least 32 hex digits: fixes the program's random numbers. */
  readonly seed: string
  /** The latest checkpoint of an earlier run, or null. */
  readonly resumed: unknown
  /** The most memory of a WebAssembly module. */
  readonly maxMemoryMiB: number
  /** The share of a processor core that may be used, above 0 up to 1; 0: rest. */
  readonly pace: number
}

/** From the bridge to the sandbox, over the one port that the sandbox takes. */
export type ToSandbox =
  | ({ readonly type: 'run'; readonly id: number; readonly maxLength: number } & JobOrder)
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'pace'; readonly id: number; readonly pace: number }

/** What the shim knows of the running program. */
export interface Pulse {
  /** 0 to 1, by the program's own account. */
  readonly progress: number
  /** How long it has rested for its pace, in milliseconds. */
  readonly rested: number
  /** A checkpoint that was not told before, as JSON text. */
  readonly checkpoint: string | null
}

/** Back. The bridge reads these as a stranger's: a program may have taken the frame over. */
export type FromSandbox =
  | { readonly type: 'up' }
  | ({ readonly type: 'pong'; readonly id: number } & Pulse)
  /** The program yields, and keeps this pace from here on. */
  | { readonly type: 'paced'; readonly id: number }
  | { readonly type: 'done'; readonly id: number; readonly text: string; readonly rested: number }
  | { readonly type: 'failed'; readonly id: number; readonly error: string }
  | { readonly type: 'too_large'; readonly id: number; readonly length: number }

/** From the job's thread to the shim. */
export type FromJob =
  | { readonly progress: number; readonly rested: number }
  | { readonly checkpoint: string }
  | { readonly paced: number }
  | { readonly text: string; readonly rested: number }
  | { readonly error: string }

/** The longest word about why a program failed, in UTF-16 units. */
export const MAX_ERROR = 1000
/** The longest checkpoint, in UTF-16 units of its JSON text: at most 3 bytes each, which its bucket takes. */
export const MAX_CHECKPOINT = 1_048_576

export const fieldsOf = (data: unknown): Readonly<Record<string, unknown>> => Object(data)
const isNumber = (value: unknown): value is number => typeof value === 'number'

export const readFromSandbox = (data: unknown): FromSandbox | null => {
  const { type, id, progress, rested, checkpoint, text, error, length } = fieldsOf(data)
  if (type === 'up') return { type }
  if (!isNumber(id)) return null
  if (type === 'paced') return { type, id }
  if (type === 'failed' && typeof error === 'string') return { type, id, error: error.slice(0, MAX_ERROR) }
  if (type === 'too_large' && isNumber(length)) return { type, id, length }
  if (!isNumber(rested)) return null
  if (type === 'done' && typeof text === 'string') return { type, id, text, rested }
  if (type !== 'pong' || !isNumber(progress)) return null
  if (checkpoint !== null && !(typeof checkpoint === 'string' && checkpoint.length <= MAX_CHECKPOINT)) return null
  return { type, id, progress, rested, checkpoint }
}
