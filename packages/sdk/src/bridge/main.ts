// Entry of bridge.js: wires the bridge to its window. Decides nothing.
import type { AgentApi } from '../agent/main.ts'
import { readToBridge, type ToPage } from '../protocol/messages.ts'
import { connectWorker } from '../rpc/connectWorker.ts'
import { acceptParent } from './acceptParent.ts'
import { createPageQuestion } from './askPage.ts'
import { createSandbox } from './createSandbox.ts'
import { keepHardwareId } from './keepHardwareId.ts'
import { readConfig } from './readConfig.ts'
import { type BridgeWorker, runWorker } from './runWorker.ts'
import { type Surroundings, watchConditions } from './watchConditions.ts'

const LOCK = 'oblivion:worker'

const openBridge = async (): Promise<void> => {
  const { supabaseUrl, anonKey, sandboxUrl, allowedParents } = readConfig(await (await fetch('config.json')).json())
  const port = await acceptParent(window, allowedParents)
  const send = (message: ToPage): void => port.postMessage(message)
  const question = createPageQuestion((hardwareId) => send({ type: 'register', hardwareId }))
  const condition = watchConditions(window as Surroundings, () => worker.look())
  const worker: BridgeWorker = runWorker({
    send,
    register: question.ask,
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
  port.onmessage = ({ data }) => {
    const message = readToBridge(data)
    if (message?.type === 'registration') question.answer(message.registration)
    else if (message !== null) worker.receive(message)
  }
  // Also where the page goes into the back/forward cache: there the agent stands still and its lease runs out.
  addEventListener('pagehide', () => worker.hide())
  window.addEventListener('pageshow', ({ persisted }) => persisted && worker.show())
  // A frozen page is told, and then stands still until it is resumed.
  document.addEventListener('freeze', () => worker.hide())
  document.addEventListener('resume', () => worker.show())
}

void openBridge()
