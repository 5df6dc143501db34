/** From the bridge to the sandbox, over the one port that the sandbox takes. */
export type ToSandbox =
  | {
      readonly type: 'run'
      readonly id: number
      readonly source: string
      readonly input: unknown
      readonly maxLength: number
    }
  | { readonly type: 'ping'; readonly id: number }

/** Back. The bridge reads these as a stranger's: a program may have taken the frame over. */
export type FromSandbox =
  | { readonly type: 'up' }
  | { readonly type: 'pong'; readonly id: number; readonly progress: number }
  | { readonly type: 'done'; readonly id: number; readonly text: string }
  | { readonly type: 'failed'; readonly id: number; readonly error: string }
  | { readonly type: 'too_large'; readonly id: number; readonly length: number }

/** From the job's thread to the shim: a number is progress, the rest is the end. */
export type FromJob = number | { readonly text: string } | { readonly error: string }

const MAX_ERROR = 1000

/** What a job's thread said, as far as it makes sense; null for anything else. */
export const readFromJob = (data: unknown): FromJob | null => {
  if (typeof data === 'number') return data
  if (typeof data !== 'object' || data === null) return null
  const { text, error } = data as Record<string, unknown>
  if (typeof text === 'string') return { text }
  return typeof error === 'string' ? { error: error.slice(0, MAX_ERROR) } : null
}

export const readFromSandbox = (data: unknown): FromSandbox | null => {
  if (typeof data !== 'object' || data === null) return null
  const { type, id, progress, text, error, length } = data as Record<string, unknown>
  if (type === 'up') return { type }
  if (typeof id !== 'number') return null
  if (type === 'pong' && typeof progress === 'number') return { type, id, progress }
  if (type === 'done' && typeof text === 'string') return { type, id, text }
  if (type === 'failed' && typeof error === 'string') return { type, id, error: error.slice(0, MAX_ERROR) }
  return type === 'too_large' && typeof length === 'number' ? { type, id, length } : null
}
