import { type EmbeddedWorker, embedWorker } from '../embed/embedWorker.ts'

export type { EmbedState } from '../protocol/hostMessages.ts'

/**
 * `<oblivion-worker site-key="obs_..." bridge-url="https://bridge.example">`: the worker at this place of the page. It asks
 * as soon as it stands in the document; taken out, it stops. `cpu="0.3"` lowers the cap; `start="manual"` waits for
 * `element.worker.start()`. It fires `state` and `error` as DOM events, their `detail` being what `worker.on` gives.
 */
export class OblivionWorkerElement extends (globalThis.HTMLElement ?? Object) {
  static readonly observedAttributes = ['cpu']
  #worker: EmbeddedWorker | null = null

  /** Null while the element is not in a document, or lacks one of its two attributes. */
  get worker(): EmbeddedWorker | null {
    return this.#worker
  }

  connectedCallback(): void {
    const siteKey = this.getAttribute('site-key')
    const bridgeUrl = this.getAttribute('bridge-url')
    if (siteKey === null || bridgeUrl === null) {
      console.error('<oblivion-worker> needs site-key and bridge-url.')
      return
    }
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

  disconnectedCallback(): void {
    this.#worker?.remove()
    this.#worker = null
  }

  attributeChangedCallback(_name: string, _before: string | null, cpu: string | null): void {
    if (cpu !== null) this.#worker?.limit({ cpu: Number(cpu) })
  }
}

/** Makes the element known to the browser; a second call changes nothing. On a server it does nothing. */
export const defineOblivionWorker = (name = 'oblivion-worker'): void => {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, OblivionWorkerElement)
}
