import { CallAbortedError, OblivionError } from '@oblivion/core'
import { createEmitter } from '../page/Emitter.ts'
import { watchPage } from '../page/watchPage.ts'
import { type EmbedState, LEAST_CPU, readToHost, type ToFrame } from '../protocol/hostMessages.ts'
import { type Frame, openFrame } from './openFrame.ts'

export interface EmbedOptions {
  /** The site's public key, from the dApp's Embed page. */
  readonly siteKey: string
  /** Origin of the worker's frame: where `embed.js` comes from. */
  readonly bridgeUrl: string
  /** The most of one core that this page allows, 0.05 to 1: it can only lower what site and visitor allow. */
  readonly limits?: { readonly cpu?: number }
  /** Where the frame goes; without it, it stands in the lower right corner of the window. */
  readonly container?: HTMLElement
}

export interface EmbedEvents {
  /** Every new state. */
  state: EmbedState
  /** The share of one core that was used in the last second, 0 to 1. */
  share: number
  /** Why the worker ended by itself; `state` is then `failed`. */
  error: OblivionError
}

/** The worker of a site: computes for the visitor who agreed to it, in a frame that the page cannot reach into. */
export interface EmbeddedWorker {
  readonly state: EmbedState
  /** @returns A function that takes the listener away again. */
  readonly on: <N extends keyof EmbedEvents>(name: N, listener: (event: EmbedEvents[N]) => void) => () => void
  /**
   * Shows the consent where it is needed, and resolves when the frame is there: what follows is the visitor's, told by
   * `state`. A second call asks a visitor again who stopped, never one who refused; one while a job is completed begins
   * after that, unless a later stop or finish is the last word.
   *
   * @throws {PolicyForbidsError} `OB283`, {BridgeBlockedError} `OB202`, {CallAbortedError} `OB103`.
   */
  readonly start: (limit?: { readonly signal?: AbortSignal }) => Promise<void>
  /** Completes the job at hand, then stops. A start that is still under way is given up, as by its signal. */
  readonly finish: () => void
  /** Ends the program at once and gives the job back. A start that is still under way is given up, as by its signal. */
  readonly stop: () => void
  /** Lowers the cap of this page, at once, or lifts it again up to what the visitor and the site allow; 0.05 to 1. */
  readonly limit: (limits: { readonly cpu: number }) => void
  /** Stops, and takes the frame and every listener out of the page. */
  readonly remove: () => void
}

const CORNER =
  'position:fixed;right:16px;bottom:16px;z-index:2147483647;max-width:calc(100vw - 32px);border-radius:10px;'
const INLINE = 'max-width:100%;border-radius:10px;'

/** What is no share becomes the nearest, and what is no number the least: a cap that cannot be read must not be none. */
const asCap = (cpu: number): number => (cpu >= LEAST_CPU ? Math.min(1, cpu) : LEAST_CPU)
/** Where nothing computes or could begin to by itself. */
const atRest: readonly EmbedState['status'][] = ['idle', 'consenting', 'stopped', 'failed']

/**
 * The worker for a page of yours and its visitors. Nothing is loaded before `start()`; nothing computes before the visitor
 * agreed in our frame, which this page cannot do for them.
 *
 * @example
 * const worker = embedWorker({ siteKey: 'obs_...', bridgeUrl: 'https://bridge.example' })
 * worker.on('state', ({ status }) => console.log(status))
 * await worker.start()
 */
export const embedWorker = (options: EmbedOptions): EmbeddedWorker => {
  const { siteKey, bridgeUrl, container } = options
  const emitter = createEmitter<EmbedEvents>()
  let state: EmbedState = { status: 'idle' }
  let cpu = options.limits?.cpu
  let frame: Frame | null = null
  let opening: { readonly done: Promise<Frame>; readonly control: AbortController } | null = null

  /** Ends the watch over the page's own thread, which lasts as long as a visitor lets us compute. */
  let unwatch: (() => void) | null = null

  const watch = (runs: boolean): void => {
    if (runs === (unwatch !== null)) return
    unwatch?.()
    unwatch = runs ? watchPage((on) => send({ type: 'busy', on })) : null
    if (!runs) send({ type: 'busy', on: false })
  }
  const become = (next: EmbedState): void => {
    state = next
    watch(!atRest.includes(next.status))
    emitter.emit('state', next)
    if (next.status === 'failed') emitter.emit('error', new OblivionError({ code: next.code }))
  }
  const send = (message: ToFrame): void => frame?.port.postMessage(message)
  const sendLimit = (): void => {
    if (cpu !== undefined) send({ type: 'limits', cpu: asCap(cpu) })
  }
  const resize = (element: HTMLElement, width: number, height: number): void => {
    const out = width === 0 || height === 0
    element.style.cssText = `border:0;color-scheme:light dark;width:${width}px;height:${height}px;${container ? INLINE : CORNER}`
    // Also out of the way of the keyboard while there is nothing in it.
    element.tabIndex = out ? -1 : 0
  }

  const open = async (signal: AbortSignal): Promise<Frame> => {
    const url = new URL('/embed.html', bridgeUrl)
    url.hash = siteKey
    const opened = await openFrame(url, container ?? document.body, signal)
    opened.port.onmessage = ({ data }) => {
      const message = frame === opened ? readToHost(data) : null
      if (message?.type === 'state') become(message.state)
      else if (message?.type === 'share') emitter.emit('share', message.cpu)
      else if (message?.type === 'size') resize(opened.element, message.width, message.height)
    }
    opened.lost.addEventListener('abort', () => lose(opened))
    return opened
  }
  /** What is opening is not to be started any more; whoever starts from now on begins anew. */
  const giveUp = (): void => {
    opening?.control.abort()
    opening = null
  }
  const lose = (lost: Frame): void => {
    if (frame !== lost) return
    frame = null
    lost.close()
    become({ status: 'failed', code: 'OB201' })
  }

  return {
    get state() {
      return state
    },
    on: emitter.on,
    start: async ({ signal } = {}) => {
      if (signal?.aborted) throw new CallAbortedError({ values: { call: 'start' } })
      if (frame === null) {
        const control = new AbortController()
        opening ??= { done: open(control.signal), control }
        const current = opening
        const leave = (): void => {
          if (opening === current) giveUp()
        }
        signal?.addEventListener('abort', leave)
        try {
          const opened = await current.done
          if (current.control.signal.aborted) {
            opened.close()
            throw new CallAbortedError({ values: { call: 'start' } })
          }
          frame = opened
        } catch (cause) {
          const error = cause as OblivionError
          if (opening === current && error.code !== 'OB103') become({ status: 'failed', code: error.code })
          throw error
        } finally {
          signal?.removeEventListener('abort', leave)
          if (opening === current) opening = null
        }
      }
      sendLimit()
      send({ type: 'start' })
    },
    finish: () => {
      giveUp()
      send({ type: 'finish' })
    },
    stop: () => {
      giveUp()
      send({ type: 'stop' })
    },
    limit: (limits) => {
      cpu = limits.cpu
      sendLimit()
    },
    remove: () => {
      giveUp()
      frame?.close()
      frame = null
      if (state.status !== 'idle') become({ status: 'stopped' })
    },
  }
}
