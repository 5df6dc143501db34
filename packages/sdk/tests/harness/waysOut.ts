/**
 * Ways out of a sandbox, as texts for the browser: each is a function of `{ at, named, ... }` that tries one, and gives the
 * collectors its own name. What a way answers or throws proves nothing; what the collectors see does.
 */

/** What a way may aim at. */
export interface Aims {
  /** A collector of requests; a way's name is the path. */
  readonly url: string
  /** A port where any connection counts. */
  readonly quietPort: number
  /** Of a collector of datagrams and connections that WebRTC can reach: an address that is not the loopback's, if there is one. */
  readonly ice: string
  /** Names below it are looked for in the browser's own log of resolutions. */
  readonly zone: string
}

const aims = `({ url, quietPort, ice, zone }) => ({
  url, ice, zone, quiet: 'http://127.0.0.1:' + quietPort, at: (name) => url + '/' + name, named: (name) => 'http://' + name + '.' + zone + '/',
})`

/** What a thread can try. */
const threadWays = `{
  fetch: ({ at }) => fetch(at('fetch')),
  fetchNoCors: ({ at }) => fetch(at('fetchNoCors'), { mode: 'no-cors', method: 'POST', body: 'x' }),
  fetchKeepalive: ({ at }) => fetch(at('fetchKeepalive'), { keepalive: true }),
  fetchNamed: ({ named }) => fetch(named('fetchNamed')),
  fetchTls: ({ quiet }) => fetch(quiet.replace('http', 'https')),
  selfFetch: ({ at }) => globalThis.self.fetch(at('selfFetch')),
  prototypeFetch: ({ at }) => Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch(at('prototypeFetch')),
  constructorFetch: ({ at }) => globalThis.constructor.prototype.fetch(at('constructorFetch')),
  evalFetch: ({ at }) => (0, eval)('fetch')(at('evalFetch')),
  functionFetch: ({ at }) => Function('url', 'return fetch(url)')(at('functionFetch')),
  asyncFunctionFetch: ({ at }) => (async () => {}).constructor('url', 'return fetch(url)')(at('asyncFunctionFetch')),
  xhr: ({ at }) => { const x = new XMLHttpRequest(); x.open('GET', at('xhr')); x.send() },
  syncXhr: ({ at }) => { const x = new XMLHttpRequest(); x.open('GET', at('syncXhr'), false); x.send() },
  webSocket: ({ at }) => { new WebSocket(at('webSocket').replace('http', 'ws')) },
  webSocketNamed: ({ named }) => { new WebSocket(named('webSocketNamed').replace('http', 'ws')) },
  webSocketStream: ({ at }) => new WebSocketStream(at('webSocketStream').replace('http', 'ws')).opened,
  eventSource: ({ at }) => { new EventSource(at('eventSource')) },
  webTransport: ({ ice }) => new WebTransport('https://' + ice + '/webTransport').ready,
  rtc: () => new RTCPeerConnection(),
  beacon: ({ at }) => navigator.sendBeacon(at('beacon'), 'x'),
  importScripts: ({ at }) => importScripts(at('importScripts')),
  dynamicImport: ({ at }) => import(at('dynamicImport')),
  dataImport: () => import('data:text/javascript,export default 1'),
  functionImport: ({ at }) => Function('url', 'return import(url)')(at('functionImport')),
  worker: ({ at }) => new Worker(at('worker')),
  blobWorker: ({ at }) => new Worker(URL.createObjectURL(new Blob(['fetch("' + at('blobWorker') + '")']))),
  dataWorker: ({ at }) => new Worker('data:text/javascript,fetch("' + at('dataWorker') + '")'),
  sharedWorker: ({ at }) => new SharedWorker(at('sharedWorker')),
  font: ({ at }) => new FontFace('x', 'url(' + at('font') + ')').load(),
  cacheAdd: async ({ at }) => (await caches.open('x')).add(at('cacheAdd')),
  serviceWorker: ({ at }) => navigator.serviceWorker.register(at('serviceWorker')),
  indexedDB: () => new Promise((resolve, reject) => { const asked = indexedDB.open('x'); asked.onsuccess = resolve; asked.onerror = () => reject(asked.error) }),
  caches: () => caches.open('x'),
  originPrivateFiles: () => navigator.storage.getDirectory(),
  localStorage: () => localStorage.setItem('x', 'x'),
  cookieStore: () => cookieStore.set('x', 'x'),
  locks: () => navigator.locks.request('x', () => {}),
  channel: () => new BroadcastChannel('out').postMessage('channel'),
  wasmFetch: ({ at }) => WebAssembly.compileStreaming(fetch(at('wasmFetch'))),
}`

/** What a job must not have either: where it is, when, and its own thread. */
const deviceWays = `{
  navigator: () => navigator.userAgent,
  cores: () => navigator.hardwareConcurrency,
  location: () => location.href,
  origin: () => origin.length,
  postMessage: () => postMessage('x'),
  close: () => close(),
  timer: () => setTimeout(() => {}, 0),
  clock: () => performance.now(),
  date: () => new Date(),
  intl: () => Intl.DateTimeFormat(),
  locale: () => (1.5).toLocaleString(),
  compare: () => 'a'.localeCompare('b'),
  crypto: () => crypto.randomUUID(),
  canvas: () => new OffscreenCanvas(1, 1),
  addEventListener: () => addEventListener('message', () => {}),
  wasm: () => WebAssembly.Memory,
  shared: () => new SharedArrayBuffer(1),
  stack: () => { if (new Error('x').stack === undefined) throw new TypeError() },
}`

/** What a document can try on top. */
const documentWays = `{
  image: ({ at }) => { new Image().src = at('image') },
  imageNamed: ({ named }) => { new Image().src = named('imageNamed') },
  srcset: ({ at }) => add('img', { srcset: at('srcset') + ' 1x' }),
  picture: ({ at }) => html('<picture><source srcset="' + at('picture') + '"><img></picture>'),
  svgImage: ({ at }) => html('<svg><image href="' + at('svgImage') + '" width="9" height="9"/></svg>'),
  svgUse: ({ at }) => html('<svg><use href="' + at('svgUse') + '#x"/></svg>'),
  inputImage: ({ at }) => add('input', { type: 'image', src: at('inputImage') }),
  background: ({ at }) => html('<table background="' + at('background') + '"><tr><td>x</table>'),
  styleAttribute: ({ at }) => html('<p style="background:url(' + at('styleAttribute') + ')">x'),
  styleElement: ({ at }) => html('<style>b{background:url(' + at('styleElement') + ')}</style><b>x</b>'),
  styleImport: ({ at }) => html('<style>@import url(' + at('styleImport') + ')</style>'),
  styleFont: ({ at }) => html('<style>@font-face{font-family:f;src:url(' + at('styleFont') + ')} i{font-family:f}</style><i>x</i>'),
  adoptedSheet: ({ at }) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('u{background:url(' + at('adoptedSheet') + ')}')
    document.adoptedStyleSheets = [sheet]
    html('<u>x</u>')
  },
  cursor: ({ at }) => html('<p style="cursor:url(' + at('cursor') + '),auto;mask:url(' + at('mask') + ')">x'),
  video: ({ at }) => add('video', { src: at('video'), preload: 'auto' }),
  poster: ({ at }) => add('video', { poster: at('poster') }),
  audio: ({ at }) => { new Audio(at('audio')).load() },
  track: ({ at }) => html('<video><track default src="' + at('track') + '"></video>'),
  stylesheet: ({ at }) => link('stylesheet', at('stylesheet')),
  preload: ({ at }) => link('preload', at('preload'), 'fetch'),
  prefetch: ({ at }) => link('prefetch', at('prefetch')),
  modulePreload: ({ at }) => link('modulepreload', at('modulePreload')),
  prerender: ({ at }) => link('prerender', at('prerender')),
  icon: ({ at }) => link('icon', at('icon')),
  manifest: ({ at }) => link('manifest', at('manifest')),
  preconnect: ({ quiet }) => link('preconnect', quiet),
  preconnectNamed: ({ named }) => link('preconnect', named('preconnectNamed')),
  dnsPrefetch: ({ named }) => {
    html('<meta http-equiv="x-dns-prefetch-control" content="on">')
    link('dns-prefetch', named('dnsPrefetch'))
  },
  anchorPrefetch: ({ named }) => add('a', { href: named('anchorPrefetch'), textContent: 'x' }),
  speculation: ({ at }) => add('script', { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ source: 'list', urls: [at('speculation')] }] }) }),
  script: ({ at }) => add('script', { src: at('script') }),
  moduleScript: ({ at }) => add('script', { src: at('moduleScript'), type: 'module' }),
  inlineScript: ({ at }) => add('script', { textContent: 'fetch("' + at('inlineScript') + '")' }),
  onerror: ({ at }) => html('<img src="x:" onerror="fetch(\\'' + at('onerror') + '\\')">'),
  frame: ({ at }) => add('iframe', { src: at('frame') }),
  frameNamed: ({ named }) => add('iframe', { src: named('frameNamed') }),
  srcdocFrame: ({ at }) => add('iframe', { srcdoc: '<img src="' + at('srcdocFrame') + '"><script>fetch("' + at('srcdocScript') + '")</script>' }),
  dataFrame: ({ at }) => add('iframe', { src: 'data:text/html,<img src="' + at('dataFrame') + '">' }),
  blobFrame: ({ at }) => add('iframe', { src: URL.createObjectURL(new Blob(['<img src="' + at('blobFrame') + '">'], { type: 'text/html' })) }),
  blankFrame: ({ at }) => { add('iframe', {}).contentWindow.fetch(at('blankFrame')) },
  blankFrameRtc: async ({ ice }) => {
    const { RTCPeerConnection } = add('iframe', {}).contentWindow
    await new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + ice }] }).createOffer()
  },
  scriptFrame: ({ at }) => add('iframe', { src: 'javascript:fetch("' + at('scriptFrame') + '")' }),
  fencedFrame: ({ at }) => add('fencedframe', { config: new FencedFrameConfig(at('fencedFrame')) }),
  object: ({ at }) => add('object', { data: at('object') }),
  embed: ({ at }) => add('embed', { src: at('embed') }),
  formToFrame: ({ at }) => {
    add('iframe', { name: 'inner' })
    const form = add('form', { action: at('formToFrame'), target: 'inner', method: 'post' })
    form.submit()
  },
  ping: ({ at }) => { const a = add('a', { href: '#x' }); a.ping = at('ping'); a.click() },
  popup: ({ at }) => { open(at('popup')) },
  popupLink: ({ at }) => add('a', { href: at('popupLink'), target: '_blank' }).click(),
  worklet: ({ at }) => new AudioContext().audioWorklet.addModule(at('worklet')),
  xslt: ({ at }) => {
    const parse = (text) => new DOMParser().parseFromString(text, 'text/xml')
    const sheet = new XSLTProcessor()
    sheet.importStylesheet(parse('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:copy-of select="document(\\'' + at('xslt') + '\\')"/></xsl:template></xsl:stylesheet>'))
    sheet.transformToDocument(parse('<a/>'))
  },
  fetchLater: ({ at }) => { fetchLater(at('fetchLater'), { activateAfter: 0 }) },
  stun: ({ ice }) => gather({ urls: 'stun:' + ice }),
  stunNamed: ({ zone }) => gather({ urls: 'stun:stunNamed.' + zone + ':3478' }),
  turn: ({ ice }) => gather({ urls: 'turn:' + ice + '?transport=tcp', username: 'x', credential: 'x' }),
  cookie: () => { document.cookie = 'x=1'; if (!document.cookie.includes('x=1')) throw new TypeError() },
  sessionStorage: () => sessionStorage.setItem('x', 'x'),
  parentDocument: () => parent.document.body.append('x'),
  topDocument: () => top.document.title,
  parentStorage: () => parent.localStorage.setItem('x', 'x'),
  frameElement: () => frameElement.remove(),
  siblings: () => { for (let i = 0; i < parent.length; i++) if (parent[i] !== self) parent[i].document.title },
  geolocation: () => allowed('geolocation'),
  camera: () => allowed('camera'),
  notifications: () => allowed('notifications'),
  fullScreen: () => document.documentElement.requestFullscreen(),
}`

/** Ways that end the document, so that each has one of its own; the last three aim at what is around it. */
const leavingWays = `{
  href: ({ at }) => { location.href = at('href') },
  hrefNamed: ({ named }) => { location.href = named('hrefNamed') },
  replace: ({ at }) => { location.replace(at('replace')) },
  refresh: ({ at }) => html('<meta http-equiv="refresh" content="0;url=' + at('refresh') + '">'),
  form: ({ at }) => add('form', { action: at('form') }).submit(),
  formPost: ({ at }) => add('form', { action: at('formPost'), method: 'post' }).submit(),
  anchor: ({ at }) => add('a', { href: at('anchor') }).click(),
  area: ({ at }) => { html('<map><area href="' + at('area') + '"></map>'); document.querySelector('area').click() },
  openSelf: ({ at }) => { open(at('openSelf'), '_self') },
  navigate: ({ at }) => { navigation.navigate(at('navigate')) },
  download: ({ at }) => add('a', { href: at('download'), download: 'x' }).click(),
  scheme: ({ at }) => { location.href = 'javascript:fetch("' + at('scheme') + '")' },
  top: ({ at }) => { top.location = at('top') },
  parentReplace: ({ at }) => { parent.location.replace(at('parentReplace')) },
  topForm: ({ at }) => add('form', { action: at('topForm'), target: '_top' }).submit(),
}`

const tools = `
  const add = (tag, set) => { const made = Object.assign(document.createElement(tag), set); document.body.append(made); return made }
  const html = (text) => document.body.insertAdjacentHTML('beforeend', text)
  const link = (rel, href, as) => { const made = document.createElement('link'); made.rel = rel; if (as) made.as = as; made.href = href; document.head.append(made) }
  const gather = async (server) => {
    const rtc = new RTCPeerConnection({ iceServers: [server] })
    rtc.createDataChannel('x')
    await rtc.setLocalDescription(await rtc.createOffer())
  }
  const allowed = async (name) => { if ((await navigator.permissions.query({ name })).state === 'denied') throw new TypeError() }`

/** A way that comes to no end within two seconds has not opened: `over` tells of them where a document has no timer left. */
const tryAll = `async (ways, aim, over = new Promise(() => {})) => {
  const opened = []
  const wait = (promise) => Promise.race([promise, over, new Promise((_, reject) => {
    globalThis.setTimeout?.(reject, 2000, new Error('no end'))
  })])
  await Promise.all(Object.entries(ways).map(async ([name, way]) => {
    try { await wait(way(aim)); opened.push(name) } catch {}
  }))
  return opened.sort()
}`

/** A program that tries all that a thread can, and answers which ways did not throw, and what is left of its globals. */
export const probeProgram = `export default async (input) => {
  const ways = { ...${threadWays}, ...${deviceWays} }
  const opened = await (${tryAll})(ways, (${aims})(input))
  const left = []
  for (let level = globalThis; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) if (level[name] !== undefined) left.push(String(name))
  }
  return { tried: Object.keys(ways), opened, left: left.sort(), thisIs: typeof this }
}`

/** A worker that tries what the program does, without any lockdown. */
const plainWorker = `onmessage = async ({ data }) =>
  postMessage(await (${tryAll})(${threadWays}, (${aims})(data)))`

/**
 * A document of strangers' making. It takes a port and aims by message; `leave` names the way by which this one leaves,
 * else it tries all others, in a thread as well, and says which did not throw. Whatever it hears of others, it tells.
 */
export const hostileScript = `addEventListener('message', ({ data: { leave, ...given }, ports: [port] }) => {
  if (port === undefined) return
  // The language can be had back from its literals.
  window.globalThis ??= window
  globalThis.Object ??= ({}).constructor
  globalThis.Function ??= (() => {}).constructor
  globalThis.Promise ??= (async () => {})().constructor
  globalThis.TypeError ??= (() => { try { null.x } catch (error) { return error.constructor } })()
  globalThis.Error ??= globalThis.Object.getPrototypeOf(TypeError)
  ${tools}
  const aim = (${aims})(given)
  try { new BroadcastChannel('out').onmessage = ({ data }) => port.postMessage({ heard: data }) } catch {}
  const leaving = ${leavingWays}
  if (leave === 'names') return port.postMessage({ tried: Object.keys(leaving), opened: [] })
  if (leave) {
    port.postMessage({ tried: [leave], opened: [] })
    try { leaving[leave](aim) } catch {}
    return
  }
  const over = new Promise((_, reject) => { port.onmessage = () => reject(new Error('no end')) })
  const inThread = Promise.race([over, new Promise((resolve) => {
    const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(plainWorker)}])))
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = () => resolve([])
    worker.postMessage(given)
  })]).catch(() => [])
  const ways = { ...${threadWays}, ...${documentWays} }
  void Promise.all([(${tryAll})(ways, aim, over), inThread]).then(([here, there]) =>
    port.postMessage({ tried: Object.keys(ways), opened: [...here, ...there.map((name) => 'thread ' + name)] }))
})`.replaceAll('</script', '<\\/script')
