import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What a browser sees of the worker in a page. */
export interface Sight {
  /** Address of the worker's frame; null where none was made. */
  readonly frame: URL | null
  /** The browser refused to load that frame. */
  readonly blocked: boolean
  /** What `window.oblivion` says, where the page has it. */
  readonly state: { readonly status: string; readonly code?: string } | null
  /** What the browser complained of, about policies. */
  readonly complaints: readonly string[]
}

interface FrameTree {
  readonly frame: { readonly url: string; readonly urlFragment?: string; readonly unreachableUrl?: string }
  readonly childFrames?: readonly FrameTree[]
}
type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: Record<string, unknown> }

/** A page decides within 3 s where it forbids the frame; twice that for a slow one. */
const LOOK_MS = 6000
const MOST_COMPLAINTS = 5

/** Loads the page in a headless Chromium with an empty profile and looks for some seconds; null where there is none. */
export const lookInChromium = async (page: URL, chromium: string): Promise<Sight | null> => {
  if (!existsSync(chromium)) return null
  const profile = await mkdtemp(join(tmpdir(), 'oblivion-doctor-'))
  const child = start(chromium, profile)
  try {
    const address = await addressOf(child)
    return address === null ? null : await look(address, page)
  } finally {
    await end(child)
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

const start = (chromium: string, profile: string): ChildProcess =>
  spawn(
    chromium,
    [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A container's root has no namespaces to make a sandbox of, and Chromium ends at once.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )

const addressOf = (child: ChildProcess): Promise<string | null> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', () => resolve(null))
    if (child.stderr === null) return resolve(null)
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, found] = /DevTools listening on (ws:\S+)/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
  })

const end = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Its own process group: Debian's chromium is a script around the binary, which has children.
  process.kill(-child.pid, 'SIGTERM')
  await exited
}

const look = async (address: string, page: URL): Promise<Sight> => {
  const socket = new WebSocket(address)
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error('Chromium does not answer.'))
  })
  const waiting = new Map<number, (message: Message) => void>()
  const complaints: string[] = []
  let ids = 0
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    const { entry } = (message.params ?? {}) as { entry?: { source: string; text: string } }
    if (entry?.source === 'security' && complaints.length < MOST_COMPLAINTS) complaints.push(entry.text)
  }
  const send = (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const id = ++ids
      waiting.set(id, ({ result = {} }) => resolve(result))
      socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
  await send('Log.enable', {}, sessionId)
  await send('Page.enable', {}, sessionId)
  await send('Page.navigate', { url: page.href }, sessionId)
  const see = async (): Promise<Sight> => {
    const expression = 'JSON.stringify(globalThis.oblivion?.state ?? null)'
    const { result } = await send('Runtime.evaluate', { expression, returnByValue: true }, sessionId)
    const { value } = (result ?? {}) as { value?: string }
    const { frameTree } = (await send('Page.getFrameTree', {}, sessionId)) as { frameTree?: FrameTree }
    const found = framesIn(frameTree).find((frame) => frame.url?.pathname === '/embed.html')
    return {
      frame: found?.url ?? null,
      blocked: found?.blocked ?? false,
      state: JSON.parse(value ?? 'null'),
      complaints,
    }
  }
  const until = Date.now() + LOOK_MS
  let sight = await see()
  while (!isDecided(sight) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    sight = await see()
  }
  socket.close()
  return sight
}

const isDecided = ({ state, blocked }: Sight): boolean =>
  blocked || (state !== null && state.status !== 'idle' && state.status !== 'starting')

/** A frame of another site is a process of its own and not in the tree of its page, but for where it was refused. */
const framesIn = (tree: FrameTree | undefined): readonly { url: URL | null; blocked: boolean }[] => {
  if (tree === undefined) return []
  const { url, urlFragment = '', unreachableUrl } = tree.frame
  const address = `${unreachableUrl ?? url}${urlFragment}`
  const own = { url: URL.canParse(address) ? new URL(address) : null, blocked: unreachableUrl !== undefined }
  return [own, ...(tree.childFrames ?? []).flatMap(framesIn)]
}
