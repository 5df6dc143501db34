import type { AgentApi } from '../agent/main.ts'
import type { ToPage } from '../protocol/messages.ts'
import { connectWorker } from '../rpc/connectWorker.ts'
import { createSandbox } from './createSandbox.ts'
import { keepHardwareId } from './keepHardwareId.ts'
import { type BridgeWorker, runWorker, type WorkerParts } from './runWorker.ts'
import { type Surroundings, watchConditions } from './watchConditions.ts'

const LOCK = 'oblivion:worker'

interface Place {
  readonly supabaseUrl: string
  readonly anonKey: string
  /** Below it lies `sandbox.html`. */
  readonly sandboxUrl: string
  readonly send: (message: ToPage) => void
  readonly register: WorkerParts['register']
}

/** The worker of this window: wires it to the browser, and to the window's own life. */
export const openWorker = ({ supabaseUrl, anonKey, sandboxUrl, send, register }: Place): BridgeWorker => {
  const condition = watchConditions(window as Surroundings, () => worker.look())
  const worker: BridgeWorker = runWorker({
    send,
    register,
    condition,
    sandbox: createSandbox(document, sandboxUrl),
    startAgent: () => {
      const name = `oblivion:agent:${crypto.randomUUID()}`
      return connectWorker<AgentApi>(new Worker('agent.js', { type: 'module', name }), { name })
    },
    server: { supabaseUrl, anonKey },
    lock: async (wait, signal, held) => {
      try {
        return await navigator.locks.request(LOCK, wait ? { signal } : { ifAvailable: true }, async (lock) => {
          if (lock !== null) await held()
          return lock !== null
        })
      } catch (error) {
        // Waiting was given up.
        if (signal.aborted) return true
        if ((error as DOMException | null)?.name !== 'SecurityError') throw error
        // A browser that denies locks here cannot elect one tab; the server's cap per owner decides instead.
        await held()
        return true
      }
    },
    hardwareId: () =>
      keepHardwareId(
        () => localStorage,
        () => crypto.randomUUID(),
      ),
    sendLastWord: ({ url, headers, body }) => {
      // Keepalive lets it outlive this document. Nobody is left to hear an answer or a failure.
      fetch(url, { method: 'POST', headers, body, keepalive: true, credentials: 'omit' }).catch(() => {})
    },
  })
  // Also where the page goes into the back/forward cache: there the agent stands still and its lease runs out.
  addEventListener('pagehide', () => worker.hide())
  window.addEventListener('pageshow', ({ persisted }) => persisted && worker.show())
  // A frozen page is told, and then stands still until it is resumed.
  document.addEventListener('freeze', () => worker.hide())
  document.addEventListener('resume', () => worker.show())
  return worker
}
