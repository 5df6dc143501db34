import type { ErrorCode, WorkerState } from '@oblivion/core'
import type { EmbedState, ToFrame, ToHost } from '../protocol/hostMessages.ts'
import type { WorkerLimits } from '../protocol/WorkerLimits.ts'
import { askInWindow } from './askInWindow.ts'
import { type ComputeParts, type Computing, compute } from './compute.ts'
import { type ConsentStore, newConsent, standing } from './consent.ts'
import { guardClick } from './guardClick.ts'
import type { FrameConfig, SiteTerms } from './readSite.ts'
import { badgeView, cardView, noView, panelView, restView, type View } from './views.ts'
import { watchVisible } from './watchVisible.ts'

export interface GuestParts {
  readonly siteKey: string
  /** Where it is shown; the sandbox's frame lies beside it. */
  readonly root: Element
  readonly config: FrameConfig
  /** Origins of all documents around this one, from the parent to the top; null where the browser does not tell. */
  readonly around: readonly string[] | null
  /** Of the page that gave us its port; null where none did. */
  readonly hostOrigin: string | null
  readonly store: ConsentStore
  readonly readSite: () => Promise<SiteTerms>
  readonly send: (message: ToHost) => void
  readonly lookAtCovers: boolean
  /** Brings bridge.js, which computes; asked for after the consent. */
  readonly loadBridge: () => Promise<{ readonly openWorker: ComputeParts['open'] }>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How long the badge may be covered or out of view before the worker rests. */
const COVERED_MS = 5000

/**
 * The guest in a page: asks, shows the badge, and computes between a visitor's yes and the next Stop. The page around can
 * ask for the question, for an end, and for less of the CPU; everything else is the visitor's.
 */
export const createGuest = (parts: GuestParts): { readonly receive: (message: ToFrame) => void } => {
  const { siteKey, config, around, hostOrigin, store, send, lookAtCovers } = parts
  let site: SiteTerms | null = null
  let state: EmbedState = { status: 'idle' }
  let share = 0
  /** The page's cap and the visitor's choice, each of one core. */
  let pageCpu = 1
  let chosenCpu = 0.1
  /** Made at the first consent, and kept. */
  let engine: Computing | null = null
  /** The same while it runs. */
  let computing: Computing | null = null
  let badge: ReturnType<typeof badgeView> | null = null
  let leaveView: () => void = () => {}
  let busy = false
  let expiry: ReturnType<typeof setTimeout> | undefined

  const show = (view: View, leave: () => void = () => {}): void => {
    leaveView()
    leaveView = leave
    badge = null
    parts.root.replaceChildren(view.element)
    const { element, width, height } = view
    if (height !== null) {
      send({ type: 'size', width, height })
      return
    }
    // A guess first: a frame without a size is not laid out.
    send({ type: 'size', width, height: 380 })
    const fit = (): void => {
      const { height: needed } = element.getBoundingClientRect()
      send({ type: 'size', width, height: Math.min(640, Math.ceil(needed)) })
    }
    // It depends on the fonts here, and on how wide the page lets this frame be.
    const watch = new ResizeObserver(fit)
    watch.observe(element)
    leaveView = () => {
      watch.disconnect()
      leave()
    }
  }
  const become = (next: EmbedState): void => {
    state = next
    send({ type: 'state', state: next })
  }
  const fail = (code: ErrorCode, canRetry = true): void => {
    become({ status: 'failed', code })
    show(restView('Computing is off', canRetry ? 'Again' : null, () => void begin(true), code))
  }

  const maxCpu = (terms: SiteTerms): number => Math.max(0.1, Math.min(terms.maxCpuPercent / 100, pageCpu))
  const limits = (terms: SiteTerms): WorkerLimits => ({
    cpu: Math.min(chosenCpu, maxCpu(terms)),
    when: ['on-power'],
    strangersPrograms: false,
  })

  const showBadge = (terms: SiteTerms): void => {
    const view = badgeView({ site: terms, onStop: () => stop(), onDetails: () => showPanel(terms) })
    let covered: ReturnType<typeof setTimeout> | undefined
    const unwatch = lookAtCovers
      ? watchVisible(view.element, (visible) => {
          clearTimeout(covered)
          if (visible) computing?.cover(false)
          // A tab that is not shown at all is another matter, and its own rule.
          else covered = setTimeout(() => document.visibilityState === 'visible' && computing?.cover(true), COVERED_MS)
        })
      : () => {}
    show(view, () => {
      clearTimeout(covered)
      unwatch()
    })
    badge = view
    view.show(state, share)
  }

  const showPanel = (terms: SiteTerms): void => {
    const view = panelView({
      site: terms,
      cpu: Math.min(chosenCpu, maxCpu(terms)),
      maxCpu: maxCpu(terms),
      earned: async () => sayEarnings(await computing?.call('visitor_earnings')),
      onPower: (cpu) => {
        chosenCpu = cpu
        const record = store.read()
        if (record?.answer === 'yes') store.write({ ...record, cpu })
        computing?.setLimits(limits(terms))
      },
      onClaim: async () => {
        try {
          const { code } = Object(await computing?.call('create_claim_code')) as { code?: string }
          // Behind the #: browsers send that part to nobody.
          return code ? { url: `${config.dappUrl}/claim#${code}` } : { sentence: 'Start computing first.' }
        } catch (error) {
          if ((error as Error).message === 'OB083') return { sentence: 'They go to your wallet already.' }
          throw error
        }
      },
      onStop: () => stop(),
      onNever: () => refuse(terms),
      onClose: () => showBadge(terms),
    })
    show(view)
  }

  /** At once: the program's frame is gone before anything else happens. */
  const halt = (): void => {
    clearTimeout(expiry)
    const running = computing
    computing = null
    running?.stop()
  }
  const stop = (): void => {
    halt()
    // A stop takes the consent back: what starts again was asked for again.
    store.write(null)
    become({ status: 'stopped' })
    show(restView('Stopped', 'Start', () => void begin(true)))
  }
  const refuse = (terms: SiteTerms): void => {
    halt()
    store.write(newConsent(terms, 'no', 0.1, parts.now()))
    become({ status: 'failed', code: 'OB280' })
    // The way back, for as long as this visit lasts.
    show(restView('You said no', 'Undo', () => void begin(true)))
  }
  const agree = (terms: SiteTerms, cpu: number): void => {
    const record = newConsent(terms, 'yes', cpu, parts.now())
    store.write(record)
    void run(terms, cpu, record.until)
  }

  const run = async (terms: SiteTerms, cpu: number, until: number): Promise<void> => {
    if (computing !== null) return
    chosenCpu = cpu
    become({ status: 'starting' })
    showBadge(terms)
    const loaded = engine === null ? await parts.loadBridge().catch(() => null) : null
    if (engine === null && loaded === null) return fail('OB202')
    // It was stopped while this was under way.
    if (state.status !== 'starting') return
    engine ??= compute({
      config,
      siteKey,
      open: (loaded as NonNullable<typeof loaded>).openWorker,
      onShare: (cpu) => {
        share = cpu
        send({ type: 'share', cpu: Math.min(1, cpu) })
        badge?.show(state, share)
      },
      onState: (next) => follow(terms, next),
    })
    // Asked again after its day, and never in mid-job.
    clearTimeout(expiry)
    expiry = setTimeout(() => computing?.finish(), Math.min(until - parts.now(), 2 ** 31 - 1))
    computing = engine
    engine.start(limits(terms))
  }

  /** The worker's own states, after the consent. */
  const follow = (terms: SiteTerms, next: WorkerState): void => {
    if (next.status === 'failed') {
      if (computing === null) return
      halt()
      fail(next.code)
      return
    }
    if (next.status === 'stopped') {
      // Who stopped it has shown that already; else the page asked it to finish, or the day is over.
      if (computing === null) return
      computing = null
      clearTimeout(expiry)
      if (standing(store.read(), terms, parts.now()) === 'yes') {
        become({ status: 'stopped' })
        show(restView('Stopped', 'Start', () => void begin(true)))
      } else ask(terms)
      return
    }
    if (computing === null || next.status === 'idle') return
    become(next.status === 'paused' ? { status: 'paused', reason: next.reason } : { status: next.status })
    if (next.status !== 'working') share = 0
    badge?.show(state, share)
  }

  const ask = (terms: SiteTerms): void => {
    become({ status: 'consenting' })
    const common = {
      site: terms,
      maxCpu: maxCpu(terms),
      lasting: lookAtCovers,
      aboutUrl: `${config.dappUrl}/network`,
      // A no needs no proof of anything but a person.
      onNo: (event: MouseEvent) => {
        if (event.isTrusted) refuse(terms)
      },
    }
    /** In a window of ours, where nothing of the page can lie over the question. */
    const askThere = async (cpu: number): Promise<void> => {
      const outcome = await askInWindow(window, siteKey, cpu)
      if (state.status !== 'consenting') return
      if (outcome.kind === 'blocked') return fail('OB282')
      if (outcome.kind === 'closed') return
      if (outcome.answer === 'yes') agree(terms, Math.min(outcome.cpu, maxCpu(terms)))
      else refuse(terms)
    }
    let live = !lookAtCovers
    const view = cardView({
      ...common,
      inWindow: !lookAtCovers,
      onYes: async (event, cpu) => {
        if (!event.isTrusted || !live || busy) return
        busy = true
        if (guard === null || !guard.cameAcross()) await askThere(cpu)
        else if ((await guard.allows(event)) && state.status === 'consenting') agree(terms, cpu)
        busy = false
      },
    })
    const setLive = (now: boolean): void => {
      live = now
      view.setLive(now)
    }
    const guard = lookAtCovers ? guardClick(view.element, window, () => performance.now(), setLive) : null
    show(view, guard?.close)
  }

  /** The page's wish, or (`again`) a visitor's who stopped or refused and thinks better of it. */
  const begin = async (again: boolean): Promise<void> => {
    if (busy || computing !== null || state.status === 'consenting' || state.status === 'starting') return
    busy = true
    try {
      site = await parts.readSite()
    } catch (error) {
      return fail((error as Error).message as ErrorCode)
    } finally {
      busy = false
    }
    const places = [...(around ?? []), ...(hostOrigin === null ? [] : [hostOrigin])]
    // Checked for what is shown and started here; money and caps do not hang on it (threat A2).
    if (around === null && hostOrigin === null) return fail('OB204', false)
    if (!places.every((origin) => site?.origins.includes(origin))) return fail('OB281', false)
    const record = store.read()
    const answer = standing(record, site, parts.now())
    if (answer === 'yes' && record !== null) return run(site, record.cpu, record.until)
    if (answer === 'no' && !again) {
      become({ status: 'failed', code: 'OB280' })
      return show(noView())
    }
    ask(site)
  }

  return {
    receive: (message) => {
      switch (message.type) {
        case 'start':
          return void begin(false)
        case 'limits':
          pageCpu = message.cpu
          if (site !== null) computing?.setLimits(limits(site))
          return
        case 'finish':
          return computing?.finish()
        case 'stop':
          if (computing !== null || state.status === 'starting') {
            halt()
            become({ status: 'stopped' })
            show(restView('Stopped by the page', null, () => {}))
          } else if (state.status === 'consenting') {
            become({ status: 'idle' })
            show(noView())
          }
          return
      }
    },
  }
}

/** Amounts come as decimal strings of the smallest unit; USDC has 6 decimals. */
const sayEarnings = (answer: unknown): string => {
  const { earned, boundTo } = Object(answer) as { earned?: string; boundTo?: string | null }
  if (earned === undefined) return 'Nothing yet'
  const padded = earned.padStart(7, '0')
  const amount = `${padded.slice(0, -6)}.${padded.slice(-6)}`.replace(/\.?0+$/, '')
  return boundTo ? `${amount} USDC, to ${boundTo}` : `${amount} USDC`
}
