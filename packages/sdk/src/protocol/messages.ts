import type { ErrorCode, JobAtHand, PauseReason, Registration } from '@oblivion/core'
import type { AgentEvent, JobReport } from '../agent/Host.ts'
import { clampCpu, type WorkerLimits } from './WorkerLimits.ts'

/**
 * The protocol between a page and the bridge, over one MessagePort. It grows by new versions; each side refuses another's.
 * Both sides check every message: the page is a stranger to the bridge, and the bridge may be an old one from a cache.
 */
const PROTOCOL = 1

/** Bridge to its parent window, by `postMessage` to each origin that may embed it: "I am here, send me a port". */
export const HELLO = `oblivion:hello:${PROTOCOL}`
/** The parent's answer, with a port. */
export const PORT = `oblivion:port:${PROTOCOL}`

export type ToBridge =
  | { readonly type: 'start'; readonly hardwareId: string | null; readonly limits: WorkerLimits }
  /** From now on. */
  | { readonly type: 'limits'; readonly limits: WorkerLimits }
  /** A reason to rest that the page sees came or went; several may stand at once. */
  | { readonly type: 'hold'; readonly reason: HoldReason; readonly on: boolean }
  /** The answer to `register`; null where the page could not. */
  | { readonly type: 'registration'; readonly registration: Registration | null }
  | { readonly type: 'finish' }
  | { readonly type: 'stop' }

/** What only the page, or whoever shows the worker, can see. */
export type HoldReason = 'asked' | 'covered' | 'page-busy'

export type ToPage =
  /** Asks the page to register this browser's node with its session, which the bridge never sees. */
  | { readonly type: 'register'; readonly hardwareId: string }
  | { readonly type: 'event'; readonly event: AgentEvent }
  /** Everything is over and given back. */
  | { readonly type: 'ended' }

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (data: unknown): Fields => Object(data)
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 1000
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isHardwareId = (value: unknown): value is string => isText(value) && value.length >= 1 && value.length <= 200

const readRegistration = (value: unknown): Registration | null => {
  const { nodeId, nodeSecret, settings } = fieldsOf(value)
  const { heartbeatSeconds, maxJobs, maxInlineBytes } = fieldsOf(settings)
  if (!isText(nodeId) || !isText(nodeSecret)) return null
  if (!isNumber(heartbeatSeconds) || heartbeatSeconds < 1 || !isNumber(maxJobs) || !isNumber(maxInlineBytes))
    return null
  return { nodeId, nodeSecret, settings: { heartbeatSeconds, maxJobs, maxInlineBytes } }
}

const isCondition = (word: unknown): word is WorkerLimits['when'][number] => word === 'visible' || word === 'on-power'

const readLimits = (value: unknown): WorkerLimits | null => {
  const { cpu, when, strangersPrograms } = fieldsOf(value)
  if (!isNumber(cpu) || !Array.isArray(when) || !when.every(isCondition)) return null
  return typeof strangersPrograms === 'boolean' ? { cpu: clampCpu(cpu), when, strangersPrograms } : null
}

const holdReasons = ['asked', 'covered', 'page-busy'] as const satisfies readonly HoldReason[]

/** A page's message, or null where it is none. */
export const readToBridge = (data: unknown): ToBridge | null => {
  const { type, hardwareId, registration, reason, on, ...rest } = fieldsOf(data)
  const limits = readLimits(rest.limits)
  switch (type) {
    case 'start':
      return limits && (hardwareId === null || isHardwareId(hardwareId)) ? { type, hardwareId, limits } : null
    case 'limits':
      return limits && { type, limits }
    case 'hold': {
      const known = holdReasons.find((word) => word === reason)
      return known === undefined || typeof on !== 'boolean' ? null : { type, reason: known, on }
    }
    case 'registration': {
      const read = readRegistration(registration)
      return registration === null || read !== null ? { type, registration: read } : null
    }
    case 'finish':
    case 'stop':
      return { type }
    default:
      return null
  }
}

// Each written out: a spread would stay in the bridge's bundle, which never reads it.
const pauseReasons = [
  'asked',
  'covered',
  'page-busy',
  'hidden',
  'on-battery',
  'save-data',
  'offline',
  'elsewhere',
] as const satisfies readonly PauseReason[]

type ShownJob = Omit<JobAtHand, 'progress'>

const readJob = (value: unknown): ShownJob | null => {
  const { jobId, attempt, taskId, title, type, chunkIndex, chunkCount } = fieldsOf(value)
  if (!isText(jobId) || !isText(taskId) || !isText(title) || !isText(type)) return null
  if (!isNumber(attempt) || !isNumber(chunkIndex) || !isNumber(chunkCount)) return null
  return { jobId, attempt, taskId, title, type, chunkIndex, chunkCount }
}

const readReport = (value: unknown): JobReport | null => {
  const job = readJob(value)
  const { outcome, accepted, reason, seconds } = fieldsOf(value)
  if (job === null || !isNumber(seconds) || typeof accepted !== 'boolean') return null
  if (outcome !== 'succeeded' && outcome !== 'failed' && outcome !== 'released') return null
  return reason === null || isText(reason) ? { ...job, outcome, accepted, reason, seconds } : null
}

const readEvent = (value: unknown): AgentEvent | null => {
  const { type, job, progress, reason, code, report, cpu } = fieldsOf(value)
  switch (type) {
    case 'ready':
    case 'end':
    case 'resume':
      return { type }
    case 'progress':
      return isNumber(progress) ? { type, progress } : null
    case 'share':
      return isNumber(cpu) ? { type, cpu } : null
    case 'pause': {
      const known = pauseReasons.find((word) => word === reason)
      return known === undefined ? null : { type, reason: known }
    }
    case 'fail':
      return isText(code) && /^OB\d{3}$/.test(code) ? { type, code: code as ErrorCode } : null
    case 'claim': {
      const read = readJob(job)
      return read && { type, job: read }
    }
    case 'report': {
      const read = readReport(report)
      return read && { type, report: read }
    }
    default:
      return null
  }
}

/** The bridge's message, or null where it is none. */
export const readToPage = (data: unknown): ToPage | null => {
  const { type, hardwareId, event } = fieldsOf(data)
  switch (type) {
    case 'register':
      return isHardwareId(hardwareId) ? { type, hardwareId } : null
    case 'event': {
      const read = readEvent(event)
      return read && { type, event: read }
    }
    case 'ended':
      return { type }
    default:
      return null
  }
}
