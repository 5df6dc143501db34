import type { ErrorCode, PauseReason, WorkerStatus } from '@oblivion/core'

/**
 * The protocol between somebody else's page and our frame in it, over one MessagePort. The page learns the state, the share
 * of the CPU and error codes, and no more (threat A11): no job, no id, no earnings. It can ask for a start, which shows the
 * consent to the visitor, lower the cap, and say that it is busy itself.
 */
const PROTOCOL = 1

/** The least share of one core that anybody can set; what is less is taken for this. */
export const LEAST_CPU = 0.05

/** Our frame to its parent window: "I am here, send me a port". */
export const FRAME_HELLO = `oblivion:frame:${PROTOCOL}`
/** The page's answer, with a port. */
export const FRAME_PORT = `oblivion:frame-port:${PROTOCOL}`

export type ToFrame =
  | { readonly type: 'start' }
  | { readonly type: 'finish' }
  | { readonly type: 'stop' }
  /** The most of one core that the page allows, 0.05 to 1. The visitor's and the site's own caps stand beside it. */
  | { readonly type: 'limits'; readonly cpu: number }
  /** The page's own thread is busy, or is idle again: only the page's side sees that. */
  | { readonly type: 'busy'; readonly on: boolean }

/** What a page is told of the worker in it. */
export type EmbedState =
  | { readonly status: Exclude<WorkerStatus, 'paused' | 'failed'> }
  | { readonly status: 'paused'; readonly reason: PauseReason | 'covered' }
  | { readonly status: 'failed'; readonly code: ErrorCode }

export type ToHost =
  | { readonly type: 'state'; readonly state: EmbedState }
  /** Of one core, 0 to 1; about once a second while it computes. */
  | { readonly type: 'share'; readonly cpu: number }
  /** How large the frame wants to be, in CSS pixels; 0 by 0 is out of sight. */
  | { readonly type: 'size'; readonly width: number; readonly height: number }

type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (data: unknown): Fields => Object(data)
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
const isLength = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 640

/** A page's message, or null where it is none. */
export const readToFrame = (data: unknown): ToFrame | null => {
  const { type, cpu, on } = fieldsOf(data)
  switch (type) {
    case 'start':
    case 'finish':
    case 'stop':
      return { type }
    case 'limits':
      return isShare(cpu) && cpu >= LEAST_CPU ? { type, cpu } : null
    case 'busy':
      return typeof on === 'boolean' ? { type, on } : null
    default:
      return null
  }
}

export const readState = (value: unknown): EmbedState | null => {
  const { status, reason, code } = fieldsOf(value)
  switch (status) {
    case 'idle':
    case 'consenting':
    case 'starting':
    case 'waiting':
    case 'working':
    case 'finishing':
    case 'stopped':
      return { status }
    case 'paused':
      return typeof reason === 'string' && /^[a-z-]{1,20}$/.test(reason)
        ? { status, reason: reason as PauseReason }
        : null
    case 'failed':
      return typeof code === 'string' && /^OB\d{3}$/.test(code) ? { status, code: code as ErrorCode } : null
    default:
      return null
  }
}

/** Our frame's message, or null where it is none. */
export const readToHost = (data: unknown): ToHost | null => {
  const { type, state, cpu, width, height } = fieldsOf(data)
  switch (type) {
    case 'state': {
      const read = readState(state)
      return read && { type, state: read }
    }
    case 'share':
      return isShare(cpu) ? { type, cpu } : null
    case 'size':
      return isLength(width) && isLength(height) ? { type, width, height } : null
    default:
      return null
  }
}
