// Entry of frame.js, the script of embed.html: our frame in somebody else's page.
import { missingParts } from '../page/missingParts.ts'
import { acceptHost } from './acceptHost.ts'
import { consentStore } from './consent.ts'
import { createGuest } from './createGuest.ts'
import { callApi, type FrameConfig, originsAround, type SiteTerms } from './readSite.ts'
import { canSeeCovers } from './watchVisible.ts'

/** By its name beside this file: it is a build of its own, the same that bridge.html loads. */
const BRIDGE: string = './bridge.js'

const open = async (): Promise<void> => {
  const siteKey = location.hash.slice(1)
  const [host, config] = await Promise.all([
    acceptHost(window),
    fetch('config.json').then((response) => response.json() as Promise<FrameConfig>),
  ])
  const guest = createGuest({
    siteKey,
    root: document.getElementById('view') ?? document.body,
    config,
    around: originsAround(window),
    store: consentStore(siteKey, canSeeCovers(), (kind) => window[kind]),
    readSite: () => callApi(config, 'get_site', { p_site_key: siteKey }) as Promise<SiteTerms>,
    send: (message) => host?.port.postMessage(message),
    hostOrigin: host?.origin ?? null,
    lookAtCovers: canSeeCovers(),
    supported: missingParts().length === 0,
    loadWorking: async () => (await import('./working.ts')).working,
    loadBridge: () => import(BRIDGE) as Promise<typeof import('../bridge/main.ts')>,
    now: Date.now,
  })
  host?.listen(guest.receive)
  // A frame that nobody talks to was put there by hand: it asks by itself.
  if (host === null) guest.receive({ type: 'start' })
}

void open()
