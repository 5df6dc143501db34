import { type EmbeddedWorker, embedWorker } from '../embed/embedWorker.ts'

export type { EmbedState } from '../protocol/hostMessages.ts'

/**
 * `<oblivion-worker site-key="obs_..." bridge-url="https://bridge.example">`: the worker at this place of the page. It asks
 * as soon as it stands in the document and has both, in whatever order they come; taken out, it stops, and with another
 * key or address it begins anew. `cpu="0.3"` lowers the cap, and without it there is none of the page's; `start="manual"`
 * waits for `element.worker.start()`. It fires `state` and `error` as DOM events, their `detail` being what `worker.on` gives.
 */
export class OblivionWorkerElement extends (globalThis.HTMLElement ?? Object) {
  static readonly observedAttributes = ['cpu', 'site-key', 'bridge-url']
  #worker: EmbeddedWorker | null = null
  /** What that was made of. */
  #madeOf: string | null = null

  /** Null while the element is not in a document, or lacks one of its two attributes. */
  get worker(): EmbeddedWorker | null {
    return this.#worker
  }

  connectedCallback(): void {
    this.#begin()
    // A framework may set them a moment later.
    setTimeout(() => {
      if (this.isConnected && !this.#worker) console.error('<oblivion-worker> needs site-key and bridge-url.')
    })
  }

  disconnectedCallback(): void {
    this.#worker?.remove()
    this.#worker = null
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (name === 'cpu') this.#worker?.limit({ cpu: Number(now ?? 1) })
    else if (before !== now && this.isConnected) this.#begin()
  }

  #begin(): void {
    const siteKey = this.getAttribute('site-key')
    const bridgeUrl = this.getAttribute('bridge-url')
    const madeOf = siteKey === null || bridgeUrl === null ? null : `${siteKey} ${bridgeUrl}`
    // An element that a page brings along has both before it is told of either.
    if (this.#worker !== null && madeOf === this.#madeOf) return
    this.disconnectedCallback()
    if (siteKey === null || bridgeUrl === null) return
    this.#madeOf = madeOf
    const cpu = this.getAttribute('cpu')
    const worker = embedWorker({
      siteKey,
      bridgeUrl,
      container: this,
      ...(cpu === null ? {} : { limits: { cpu: Number(cpu) } }),
    })
    this.#worker = worker
    for (const name of ['state', 'error'] as const) {
      worker.on(name, (detail) => this.dispatchEvent(new CustomEvent(name, { detail })))
    }
    // What fails is told by the event.
    if (this.getAttribute('start') !== 'manual') worker.start().catch(() => {})
  }
}

/** Makes the element known to the browser; a second call changes nothing. On a server it does nothing. */
export const defineOblivionWorker = (name = 'oblivion-worker'): void => {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, OblivionWorkerElement)
}
