import { type EmbedState, readState } from '../protocol/hostMessages.ts'

/**
 * Our frames in several tabs of one site, among themselves: one computes, the others show what it does, and Stop in any of
 * them ends it. They speak over a `BroadcastChannel`, on which browsers put documents of one origin and one partition alone:
 * the circle of the lock that elects the one. No page is on it (threat A11), and no program, whose origin is opaque.
 */
const CHANNEL = 'oblivion:tabs:1:'
/** The tab that computes may be busy, but it is there: the lock is free as soon as it is not. */
const ANSWER_MS = 15_000

/** What the worker does now. */
export interface Seen {
  readonly state: EmbedState
  /** Of one core, 0 to 1. */
  readonly share: number
  readonly job: SeenJob | null
}
/** What of a job a visitor is shown: of its customer's own words nothing. */
export interface SeenJob {
  readonly type: string
  readonly chunkIndex: number
  readonly chunkCount: number
  /** 0 to 1. */
  readonly progress: number
}

/** What only the tab that computes can ask the server, since it has the node's key. */
export type VisitorCall = 'visitor_earnings' | 'create_claim_code'
const calls: readonly VisitorCall[] = ['visitor_earnings', 'create_claim_code']

type Said =
  /** A tab that rests for another wants to know what that one does. */
  | { readonly type: 'hello' }
  | { readonly type: 'seen'; readonly seen: Seen }
  /** The visitor stopped it, or said `never` again on this site, `at` so many milliseconds since 1970. */
  | { readonly type: 'end'; readonly never: boolean; readonly at: number }
  /** The visitor's choice, of one core. */
  | { readonly type: 'power'; readonly cpu: number }
  | { readonly type: 'ask'; readonly id: string; readonly call: VisitorCall }
  /** JSON: `{ value }`, or `{ code }` where it failed. */
  | { readonly type: 'answer'; readonly id: string; readonly outcome: string }

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const readJob = (value: unknown): SeenJob | null => {
  const { type, chunkIndex, chunkCount, progress } = Object(value) as Record<string, unknown>
  if (typeof type !== 'string' || !isCount(chunkIndex) || !isCount(chunkCount) || !isShare(progress)) return null
  return { type: type.slice(0, 100), chunkIndex, chunkCount, progress }
}

/** Another tab's message, or null where it is none: that tab may have loaded another version of this file. */
export const readFromTab = (data: unknown): Said | null => {
  const { type, seen, never, at, cpu, id, call, outcome } = Object(data) as Record<string, unknown>
  switch (type) {
    case 'hello':
      return { type }
    case 'seen': {
      const { state, share, job } = Object(seen) as Record<string, unknown>
      const [told, shown] = [readState(state), readJob(job)]
      return told && isShare(share) && (job === null || shown)
        ? { type, seen: { state: told, share, job: shown } }
        : null
    }
    case 'end':
      return typeof never === 'boolean' && typeof at === 'number' ? { type, never, at } : null
    case 'power':
      return isShare(cpu) && cpu >= 0.05 ? { type, cpu } : null
    case 'ask': {
      const known = calls.find((name) => name === call)
      return typeof id === 'string' && known ? { type, id, call: known } : null
    }
    case 'answer':
      return typeof id === 'string' && typeof outcome === 'string' ? { type, id, outcome } : null
    default:
      return null
  }
}

export interface MirrorParts {
  /** Two sites may share a partition: they have neither terms nor earnings in common. */
  readonly siteKey: string
  readonly onHello: () => void
  readonly onSeen: (seen: Seen) => void
  readonly onEnd: (never: boolean, at: number) => void
  readonly onPower: (cpu: number) => void
  /** The answer where this tab is the one that computes, else null. */
  readonly answer: (call: VisitorCall) => Promise<unknown> | null
}

export interface Mirror {
  readonly hello: () => void
  readonly tell: (seen: Seen) => void
  readonly end: (never: boolean, at: number) => void
  readonly power: (cpu: number) => void
  /** @throws {Error} With the server's code as its message, or `OB101` where no tab answers. */
  readonly ask: (call: VisitorCall) => Promise<unknown>
}

/** Opens the channel, and closes it while the page lies in the back/forward cache, out of which it would throw the page. */
export const createMirror = (parts: MirrorParts): Mirror => {
  const waiting = new Map<string, (outcome: string) => void>()
  let channel: BroadcastChannel | null = null
  const say = (said: Said): void => channel?.postMessage(said)

  const answer = async (id: string, answering: Promise<unknown>): Promise<void> => {
    const outcome = await answering.then(
      (value) => ({ value }),
      ({ message }: Error) => ({ code: message }),
    )
    say({ type: 'answer', id, outcome: JSON.stringify(outcome) })
  }
  const hear = (said: Said): void => {
    switch (said.type) {
      case 'hello':
        parts.onHello()
        break
      case 'seen':
        parts.onSeen(said.seen)
        break
      case 'end':
        parts.onEnd(said.never, said.at)
        break
      case 'power':
        parts.onPower(said.cpu)
        break
      case 'ask': {
        const answering = parts.answer(said.call)
        if (answering !== null) void answer(said.id, answering)
        break
      }
      case 'answer':
        waiting.get(said.id)?.(said.outcome)
    }
  }
  const open = (): void => {
    try {
      channel = new BroadcastChannel(CHANNEL + parts.siteKey)
      channel.onmessage = ({ data }) => {
        const said = readFromTab(data)
        if (said !== null) hear(said)
      }
    } catch {
      // A browser that closes storage to this frame closes this as well; it then has no lock either.
    }
  }
  open()
  addEventListener('pagehide', () => {
    channel?.close()
    channel = null
  })
  window.addEventListener('pageshow', ({ persisted }) => persisted && open())

  return {
    hello: () => say({ type: 'hello' }),
    tell: (seen) => say({ type: 'seen', seen }),
    end: (never, at) => say({ type: 'end', never, at }),
    power: (cpu) => say({ type: 'power', cpu }),
    ask: async (call) => {
      const id = crypto.randomUUID()
      let timer: ReturnType<typeof setTimeout> | undefined
      const outcome = await new Promise<string>((resolve) => {
        waiting.set(id, resolve)
        timer = setTimeout(resolve, ANSWER_MS, '{"code":"OB101"}')
        say({ type: 'ask', id, call })
      })
      clearTimeout(timer)
      waiting.delete(id)
      const { value, code } = JSON.parse(outcome) as { value?: unknown; code?: string }
      if (code !== undefined) throw new Error(code)
      return value
    },
  }
}
