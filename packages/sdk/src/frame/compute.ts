import { type ErrorCode, nextWorkerState, type Registration, type WorkerState } from '@oblivion/core'
import type { openWorker } from '../bridge/openWorker.ts'
import type { HoldReason, ToPage } from '../protocol/messages.ts'
import type { WorkerLimits } from '../protocol/WorkerLimits.ts'
import { callApi, type FrameConfig } from './readSite.ts'

export interface ComputeParts {
  readonly config: FrameConfig
  readonly siteKey: string
  /** Of bridge.js, loaded after the consent and not before. */
  readonly open: typeof openWorker
  readonly onState: (state: WorkerState) => void
  readonly onShare: (cpu: number) => void
}

/** The worker of this frame, from the consent on; it can be started again. */
export interface Computing {
  readonly start: (limits: WorkerLimits) => void
  readonly setLimits: (limits: WorkerLimits) => void
  /** A reason to rest came or went. */
  readonly hold: (reason: HoldReason, on: boolean) => void
  readonly finish: () => void
  readonly stop: () => void
  /** A call of the visitor's own node, by its key. */
  readonly call: (name: string) => Promise<unknown>
}

const readRegistration = (answer: unknown): Registration => {
  const { nodeId, nodeSecret, settings } = Object(answer) as Partial<Registration>
  if (typeof nodeId !== 'string' || typeof nodeSecret !== 'string' || typeof settings?.heartbeatSeconds !== 'number') {
    throw new Error('OB105')
  }
  return { nodeId, nodeSecret, settings }
}

/** Makes the worker compute in this very document, for the site's key, and keeps its state. */
export const compute = (parts: ComputeParts): Computing => {
  const { config, siteKey, open, onState, onShare } = parts
  let state: WorkerState = { status: 'idle' }
  let node: Registration | null = null

  const become = (next: WorkerState | null): void => {
    // Null: a message that was under way when the state changed.
    if (next === null || next === state) return
    state = next
    onState(state)
  }
  const hear = (message: ToPage): void => {
    if (message.type === 'ended') become(nextWorkerState(state, { type: 'stop' }))
    if (message.type !== 'event') return
    const { event } = message
    if (event.type === 'share') onShare(event.cpu)
    else if (event.type !== 'report') become(nextWorkerState(state, event))
  }
  const register = async (hardwareId: string, given: AbortSignal): Promise<Registration | null> => {
    try {
      const args = { p_hardware_id: hardwareId, p_site_key: siteKey }
      node = readRegistration(await callApi(config, 'register_node', args, { signal: given }))
      return node
    } catch (cause) {
      // It was stopped, or the tab went away: nobody waits for this key any more.
      if (given.aborted) return null
      become(nextWorkerState(state, { type: 'fail', code: (cause as Error).message as ErrorCode }))
      return null
    }
  }
  // Its own copy of the sandbox: this one may stand below any site.
  const sandboxUrl = new URL('/embed/', config.sandboxUrl).href
  const worker = open({ ...config, sandboxUrl, send: hear, register })
  return {
    start: (limits) => {
      become(nextWorkerState(state, { type: 'start' }))
      worker.receive({ type: 'start', hardwareId: null, limits })
    },
    setLimits: (limits) => worker.receive({ type: 'limits', limits }),
    hold: (reason, on) => worker.receive({ type: 'hold', reason, on }),
    finish: () => {
      worker.receive({ type: 'finish' })
      become(nextWorkerState(state, { type: 'finish' }))
    },
    stop: () => {
      worker.receive({ type: 'stop' })
      become(nextWorkerState(state, { type: 'stop' }))
    },
    call: (name) =>
      node === null
        ? Promise.reject(new Error('OB003'))
        : callApi(config, name, { p_node_id: node.nodeId }, { nodeKey: node.nodeSecret }),
  }
}
