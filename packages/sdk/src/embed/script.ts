// Entry of embed.js, the one script tag. Decides nothing.
//
// <script async src="https://bridge.example/embed.js" data-site-key="obs_..."></script>
import { type EmbeddedWorker, embedWorker } from './embedWorker.ts'

declare global {
  interface Window {
    /** The only name that the tag leaves. */
    oblivion?: EmbeddedWorker
  }
}

const tag = document.currentScript as HTMLScriptElement | null
const { siteKey, cpu, start, container } = tag?.dataset ?? {}
if (tag === null || !siteKey) {
  console.error('Oblivion: the script tag needs data-site-key. See the Embed page of the dApp.')
} else if (window.oblivion === undefined) {
  const begin = (): void => {
    const place = container ? document.querySelector<HTMLElement>(container) : null
    const worker = embedWorker({
      siteKey,
      bridgeUrl: new URL(tag.src).origin,
      ...(cpu ? { limits: { cpu: Number(cpu) } } : {}),
      ...(place ? { container: place } : {}),
    })
    window.oblivion = worker
    worker.on('error', ({ code, message }) => code !== 'OB280' && console.warn(`Oblivion: ${message}`))
    // `data-start="manual"` leaves it to the page's own button.
    if (start !== 'manual') worker.start().catch(({ message }: Error) => console.warn(`Oblivion: ${message}`))
    document.dispatchEvent(new CustomEvent('oblivion', { detail: worker }))
  }
  if (document.body === null) addEventListener('DOMContentLoaded', begin, { once: true })
  else begin()
}
