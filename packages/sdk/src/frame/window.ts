// Entry of consent.js: the question in a window of its own, for browsers that cannot tell whether a frame is covered.
import type { WindowAnswer } from './askInWindow.ts'
import { make } from './elements.ts'
import { callApi, type FrameConfig, type SiteTerms } from './readSite.ts'
import { cardView } from './views.ts'

/** So that a click which was meant for what stood here a moment before does not answer. */
const SEEN_MS = 1000

const ask = async (): Promise<void> => {
  // As high as the window: what comes after it stands below the edge, where nobody sees it.
  const room = document.getElementById('view') ?? document.body
  const [siteKey = '', nonce = '', percent = '50'] = location.hash.slice(1).split('.')
  const opener = window.opener as Window | null
  // In a frame this page would be the very thing that it is there to avoid.
  if (window.top !== window || opener === null) {
    room.append(make('p', {}, 'This window was not opened by the worker. You can close it.'))
    return
  }
  const config = (await (await fetch('config.json')).json()) as FrameConfig
  const site = (await callApi(config, 'get_site', { p_site_key: siteKey })) as SiteTerms
  let live = false
  const answer = (event: MouseEvent, said: 'yes' | 'no', cpu: number): void => {
    if (!event.isTrusted || (said === 'yes' && (!live || document.visibilityState !== 'visible'))) return
    opener.postMessage({ type: 'oblivion:consent', nonce, answer: said, cpu } satisfies WindowAnswer, location.origin)
    window.close()
  }
  const card = cardView({
    site,
    maxCpu: Math.min(Number(percent), site.maxCpuPercent) / 100,
    lasting: false,
    inWindow: false,
    aboutUrl: `${config.dappUrl}/how-it-works`,
    onYes: (event, cpu) => answer(event, 'yes', cpu),
    onNo: (event) => answer(event, 'no', 0.1),
  })
  room.append(make('div', { className: 'window' }, card.element))
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = (): void => {
    clearTimeout(timer)
    live = false
    card.setLive(false)
    if (document.visibilityState !== 'visible' || innerWidth < 300 || innerHeight < 250) return
    timer = setTimeout(() => {
      live = true
      card.setLive(true)
    }, SEEN_MS)
  }
  for (const name of ['visibilitychange', 'resize', 'focus'] as const) addEventListener(name, look)
  look()
}

void ask()
