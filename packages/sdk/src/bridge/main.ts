// Entry of bridge.js: wires the bridge to its window. Decides nothing.
import type { AgentApi } from '../agent/main.ts'
import { readToBridge } from '../protocol/messages.ts'
import { connectWorker } from '../rpc/connectWorker.ts'
import { acceptParent } from './acceptParent.ts'
import { createSandbox } from './createSandbox.ts'
import { keepHardwareId } from './keepHardwareId.ts'
import { readConfig } from './readConfig.ts'
import { type BridgeWorker, runWorker } from './runWorker.ts'

const LOCK = 'oblivion:worker'

const openBridge = async (): Promise<void> => {
  const { supabaseUrl, anonKey, sandboxUrl, allowedParents } = readConfig(await (await fetch('config.json')).json())
  const port = await acceptParent(window, allowedParents)
  const worker: BridgeWorker = runWorker({
    send: (message) => port.postMessage(message),
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
  port.onmessage = ({ data }) => {
    const message = readToBridge(data)
    if (message !== null) worker.receive(message)
  }
  // Also where the page goes into the back/forward cache: there the agent stands still and its lease runs out.
  addEventListener('pagehide', () => worker.hide())
  window.addEventListener('pageshow', ({ persisted }) => persisted && worker.show())
}

void openBridge()
