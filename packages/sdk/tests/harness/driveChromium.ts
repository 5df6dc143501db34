import { type BrowserOptions, startChromium } from './startChromium.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of the debugging protocol.
type Answer = any

export interface Tab {
  readonly targetId: string
  readonly send: (method: string, parameters?: object) => Promise<Answer>
  /** The value of an expression in the page, awaited. */
  readonly evaluate: <T>(expression: string) => Promise<T>
  /** Waits until an expression in the page is true. */
  readonly until: (expression: string) => Promise<void>
  /** Puts it in front of the other tabs of its window. */
  readonly show: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface DrivenChromium {
  readonly pid: number
  readonly openTab: (url: string) => Promise<Tab>
  /** Takes hold of a tab that is there already. */
  readonly attachTab: (targetId: string) => Promise<Tab>
  readonly send: (method: string, parameters?: object, sessionId?: string) => Promise<Answer>
  readonly close: () => Promise<void>
}

/**
 * A Chromium driven by the bare debugging protocol. A test runner's library tells each page that it is in front, so that no
 * tab is ever hidden, throttled or frozen: what a life-cycle test is about.
 */
export const driveChromium = async (options: BrowserOptions = {}): Promise<DrivenChromium> => {
  const { pid, address, close } = await startChromium(options)
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  let ids = 0
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(String(data))
    const call = waiting.get(id)
    waiting.delete(id)
    if (error) call?.reject(new Error(error.message))
    else call?.resolve(result)
  }
  const send: DrivenChromium['send'] = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++ids
      waiting.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  const attachTab: DrivenChromium['attachTab'] = async (targetId) => {
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
    const tab: Tab = {
      targetId,
      send: (method, parameters) => send(method, parameters, sessionId),
      evaluate: async (expression) => {
        const { result, exceptionDetails } = await tab.send('Runtime.evaluate', {
          expression,
          awaitPromise: true,
          returnByValue: true,
        })
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
        return result.value
      },
      until: async (expression) => {
        const from = Date.now()
        while (!(await tab.evaluate(expression).catch(() => false))) {
          if (Date.now() - from > 90_000) throw new Error(`Never true: ${expression}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      },
      show: async () => void (await send('Target.activateTarget', { targetId })),
      close: async () => void (await send('Target.closeTarget', { targetId })),
    }
    await tab.send('Page.enable')
    return tab
  }
  return {
    pid,
    send,
    attachTab,
    openTab: async (url) => {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
      const tab = await attachTab(targetId)
      await tab.send('Page.navigate', { url })
      await tab.until(`document.readyState === 'complete' && location.href !== 'about:blank'`)
      return tab
    },
    close: async () => {
      socket.close()
      await close()
    },
  }
}
