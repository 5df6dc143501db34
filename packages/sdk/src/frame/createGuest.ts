import type { ErrorCode, JobAtHand, WorkerState } from '@oblivion/core'
import { type EmbedState, LEAST_CPU, type ToFrame, type ToHost } from '../protocol/hostMessages.ts'
import type { WorkerLimits } from '../protocol/WorkerLimits.ts'
import { askInWindow } from './askInWindow.ts'
import type { ComputeParts, Computing } from './compute.ts'
import { type ConsentStore, isNewer, newConsent, standing } from './consent.ts'
import { guardClick } from './guardClick.ts'
import type { Mirror, Seen, SeenJob, VisitorCall } from './mirror.ts'
import type { FrameConfig, SiteTerms } from './readSite.ts'
import { badgeView, cardView, type LiveView, noView, restView, type View } from './views.ts'
import type { CoverWatch } from './watchCovered.ts'
import type { working } from './working.ts'

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
  /** This browser has all that the worker needs. */
  readonly supported: boolean
  /** Brings bridge.js, which computes; asked for after the consent. */
  readonly loadBridge: () => Promise<{ readonly openWorker: ComputeParts['open'] }>
  /** Brings what the frame shows and tells while that computes; asked for after the consent. */
  readonly loadWorking: () => Promise<typeof working>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Of a job what a visitor is shown. */
const shownOf = (job: JobAtHand | null): SeenJob | null =>
  job && { type: job.type, chunkIndex: job.chunkIndex, chunkCount: job.chunkCount, progress: job.progress }

/** A page answers a frame's wish for another size within a frame or two. */
const WIDER_MS = 200
/** How often it is looked at whether the consent stands: timers alone stand still while the machine sleeps. */
const LOOK_MS = 60_000

/**
 * The guest in a page: asks, shows the badge, and computes between a visitor's yes and the next Stop. The page around can
 * ask for the question, for an end, and for less of the CPU; everything else is the visitor's.
 */
export const createGuest = (parts: GuestParts): { readonly receive: (message: ToFrame) => void } => {
  const { siteKey, config, around, hostOrigin, store, send, lookAtCovers } = parts
  let site: SiteTerms | null = null
  let state: EmbedState = { status: 'idle' }
  let share = 0
  let job: SeenJob | null = null
  let mirror: Mirror | null = null
  let cover: CoverWatch | null = null
  /** What the worker of another tab does, for which this one rests. */
  let there: Seen | null = null
  /** The page's cap and the visitor's choice, each of one core. */
  let pageCpu = 1
  let chosenCpu = 0.1
  let pageBusy = false
  /** Made at the first consent, and kept. */
  let engine: Computing | null = null
  /** The same while it runs. */
  let computing: Computing | null = null
  /** The badge, or what it opens. */
  let face: LiveView | null = null
  let leaveView: () => void = () => {}
  let busy = false
  /** A start was heard that nothing runs for yet; a finish or a stop of the page takes it back. */
  let asked = false
  let looking: ReturnType<typeof setInterval> | undefined

  const show = (view: View, leave: () => void = () => {}): void => {
    leaveView()
    leaveView = leave
    face = null
    parts.root.replaceChildren(view.element)
    const { element, width, height } = view
    if (height !== null) {
      send({ type: 'size', width, height })
      return
    }
    // A guess first: a frame without a size is not laid out.
    send({ type: 'size', width, height: 380 })
    const measure = (): void => {
      // In the width of what stood here before it would be twice as high.
      if (!wide) return
      const { height: needed } = element.getBoundingClientRect()
      send({ type: 'size', width, height: Math.min(640, Math.ceil(needed)) })
    }
    let wide = innerWidth >= width
    const settle = (): void => {
      wide = true
      measure()
    }
    // A page that lets this frame be no wider may not change it at all.
    const late = setTimeout(settle, WIDER_MS)
    addEventListener('resize', settle)
    // It depends on the fonts here, and on how wide the page lets this frame be.
    const watch = new ResizeObserver(measure)
    watch.observe(element)
    leaveView = () => {
      clearTimeout(late)
      removeEventListener('resize', settle)
      watch.disconnect()
      leave()
    }
  }
  const restsForAnother = (): boolean => state.status === 'paused' && state.reason === 'elsewhere'
  const showLive = (view: LiveView): void => {
    show(view)
    face = view
    if (computing !== null) cover?.look(view.element)
    paint()
  }
  const paint = (): void => {
    if (there !== null && restsForAnother()) face?.show({ ...there, elsewhere: true })
    else face?.show({ state, share, job, elsewhere: false })
  }
  /** Other tabs show what this one does. */
  const tellTabs = (): void => {
    if (computing !== null && !restsForAnother()) mirror?.tell({ state, share, job })
  }
  const become = (next: EmbedState): void => {
    state = next
    send({ type: 'state', state: next })
  }
  const fail = (code: ErrorCode, canRetry = true): void => {
    become({ status: 'failed', code })
    show(restView('Computing is off', canRetry ? 'Again' : null, () => void begin(true), code))
  }

  const maxCpu = (terms: SiteTerms): number => Math.max(LEAST_CPU, Math.min(terms.maxCpuPercent / 100, pageCpu))
  const limits = (terms: SiteTerms): WorkerLimits => ({
    cpu: Math.min(chosenCpu, maxCpu(terms)),
    when: ['on-power'],
    strangersPrograms: false,
  })

  const showBadge = (terms: SiteTerms): void =>
    showLive(badgeView({ site: terms, onStop: () => stop(), onDetails: () => openPanel(terms) }))
  /** By the tab that computes, which alone has the node's key. */
  const call = async (name: VisitorCall): Promise<unknown> =>
    restsForAnother() && mirror !== null ? mirror.ask(name) : computing?.call(name)
  const setPower = (terms: SiteTerms, cpu: number): void => {
    chosenCpu = cpu
    const record = store.read()
    if (record?.answer === 'yes') store.write({ ...record, cpu })
    computing?.setLimits(limits(terms))
  }

  /** What the badge opens; nothing before it is loaded. */
  let openPanel: (terms: SiteTerms) => void = () => {}
  const showPanel = (terms: SiteTerms, panelView: typeof working.panelView): void => {
    const panel = panelView({
      site: terms,
      cpu: Math.min(chosenCpu, maxCpu(terms)),
      maxCpu: maxCpu(terms),
      earned: () => call('visitor_earnings'),
      onPower: (cpu) => {
        setPower(terms, cpu)
        mirror?.power(cpu)
      },
      onClaim: async () => {
        try {
          const { code } = Object(await call('create_claim_code')) as { code?: string }
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
    showLive(panel)
  }

  /** Nothing computes from here on. */
  const rest = (): void => {
    clearInterval(looking)
    computing = null
    cover?.end()
  }
  /** At once: the program's frame is gone before anything else happens. */
  const halt = (): void => {
    const running = computing
    // First: what it says of its end is known here.
    computing = null
    running?.stop()
    rest()
  }
  /** Takes the consent back: what starts again was asked for again. */
  const takeBack = (sentence: string): void => {
    halt()
    store.write(null)
    become({ status: 'stopped' })
    show(restView(sentence, 'Start', () => void begin(true)))
  }
  /** In every tab of the site: the next one would go on otherwise. */
  const stop = (): void => {
    mirror?.end(false, parts.now())
    takeBack('Stopped')
  }
  /** The visitor stopped the worker in another tab, or said there that it shall never be. */
  const endAsThere = (never: boolean): void => {
    if (computing === null && state.status !== 'starting' && !(never && state.status === 'consenting')) return
    if (never) {
      halt()
      // Not once more where it is known: each tab would tell the others again.
      if (site !== null && standing(store.read(), site, parts.now()) !== 'no') {
        store.write(newConsent(site, 'no', 0.1, parts.now()))
      }
      become({ status: 'failed', code: 'OB280' })
      show(noView())
    } else takeBack('Stopped in another tab')
  }
  /** The consent may have ended: its day is over, or another tab took it back while this one could not hear. */
  const look = (): void => {
    if (site === null || (computing === null && state.status !== 'starting')) return
    const record = store.read()
    if (standing(record, site, parts.now()) === 'yes') return
    // Asked again after its day, and never in mid-job.
    if (record?.answer === 'yes') computing?.finish()
    else endAsThere(record !== null)
  }
  // Also where nothing has run yet and no channel is open: a tab that asks hears another's no, one that loads its Stop.
  window.addEventListener('storage', ({ key }) => {
    // Not by what stands alone: who thinks better of a no is asked while it stands.
    if (site === null || !(key ?? siteKey).endsWith(siteKey)) return
    if (standing(store.read(), site, parts.now()) === 'no') endAsThere(true)
    else look()
  })
  const refuse = (terms: SiteTerms): void => {
    mirror?.end(true, parts.now())
    halt()
    store.write(newConsent(terms, 'no', 0.1, parts.now()))
    become({ status: 'failed', code: 'OB280' })
    // The way back, for as long as this visit lasts.
    show(restView('You said no', 'Undo', () => void begin(true)))
  }
  const agree = (terms: SiteTerms, cpu: number): void => {
    store.write(newConsent(terms, 'yes', cpu, parts.now()))
    void run(terms, cpu)
  }

  const run = async (terms: SiteTerms, cpu: number): Promise<void> => {
    if (computing !== null) return
    asked = false
    chosenCpu = cpu
    become({ status: 'starting' })
    showBadge(terms)
    const loaded =
      engine === null ? await Promise.all([parts.loadBridge(), parts.loadWorking()]).catch(() => null) : null
    // It was stopped while this was under way, and perhaps started once more.
    if (state.status !== 'starting' || computing !== null) return
    if (engine === null && loaded === null) return fail('OB202')
    engine ??= startEngine(terms, ...(loaded as NonNullable<typeof loaded>))
    clearInterval(looking)
    looking = setInterval(look, LOOK_MS)
    computing = engine
    engine.hold('page-busy', pageBusy)
    if (face !== null) cover?.look(face.element)
    engine.start(limits(terms))
  }

  const startEngine = (
    terms: SiteTerms,
    { openWorker }: { readonly openWorker: ComputeParts['open'] },
    { compute, createMirror, createCoverWatch, panelView }: typeof working,
  ): Computing => {
    const made = compute({
      config,
      siteKey,
      open: openWorker,
      onShare: (cpu) => {
        share = Math.min(1, cpu)
        send({ type: 'share', cpu: share })
        paint()
        tellTabs()
      },
      onState: (next) => follow(site ?? terms, next),
    })
    if (lookAtCovers) cover = createCoverWatch((on) => made.hold('covered', on))
    openPanel = (terms) => showPanel(terms, panelView)
    mirror = createMirror({
      siteKey,
      onHello: tellTabs,
      onSeen: (seen) => {
        there = seen
        paint()
      },
      // A frozen tab hears it late: it is of the consent before then.
      onEnd: (never, at) => {
        if (!isNewer(store.read(), at)) endAsThere(never)
      },
      onPower: (cpu) => setPower(site ?? terms, cpu),
      // While it starts another may be the one that computes: the lock tells, and the first answer would win.
      answer: (name) =>
        computing === null || state.status === 'starting' || restsForAnother() ? null : made.call(name),
    })
    // After what the engine itself does on these: who comes back from the cache or from sleep may have heard nothing.
    addEventListener('pageshow', look)
    document.addEventListener('resume', look)
    return made
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
      rest()
      become({ status: 'stopped' })
      show(restView('Stopped', 'Start', () => void begin(true)))
      // The page started it anew meanwhile, or a day needs a new yes.
      if (asked || standing(store.read(), terms, parts.now()) !== 'yes') void begin(false)
      return
    }
    if (computing === null || next.status === 'idle') return
    const rested = restsForAnother()
    become(next.status === 'paused' ? { status: 'paused', reason: next.reason } : { status: next.status })
    if (next.status !== 'working') share = 0
    job = 'job' in next ? shownOf(next.job) : null
    if (restsForAnother() && !rested) {
      there = null
      mirror?.hello()
    }
    paint()
    tellTabs()
  }

  const ask = (terms: SiteTerms): void => {
    become({ status: 'consenting' })
    const common = {
      site: terms,
      maxCpu: maxCpu(terms),
      lasting: lookAtCovers,
      aboutUrl: `${config.dappUrl}/how-it-works`,
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
    asked = true
    if (busy || computing !== null || state.status === 'consenting' || state.status === 'starting') return
    // Before anything is asked of anybody.
    if (!parts.supported) return fail('OB204', false)
    busy = true
    try {
      site = await parts.readSite()
    } catch (error) {
      if (asked) fail((error as Error).message as ErrorCode)
      return
    } finally {
      busy = false
    }
    // The page took it back meanwhile.
    if (!asked) return
    const places = [...(around ?? []), ...(hostOrigin === null ? [] : [hostOrigin])]
    // Checked for what is shown and started here; money and caps do not hang on it (threat A2).
    if (around === null && hostOrigin === null) return fail('OB204', false)
    if (!places.every((origin) => site?.origins.includes(origin))) return fail('OB281', false)
    const record = store.read()
    const answer = standing(record, site, parts.now())
    if (answer === 'yes' && record !== null) return run(site, record.cpu)
    if (answer === 'no' && !again) {
      become({ status: 'failed', code: 'OB280' })
      return show(noView())
    }
    ask(site)
  }

  /** The page's stop, and its finish where nothing computes yet. */
  const end = (): void => {
    if (computing !== null || state.status === 'starting') {
      halt()
      become({ status: 'stopped' })
      show(restView('Stopped by the page', null, () => {}))
    } else if (state.status === 'consenting') {
      become({ status: 'idle' })
      show(noView())
    }
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
        case 'busy':
          pageBusy = message.on
          return computing?.hold('page-busy', pageBusy)
        case 'finish':
          asked = false
          return computing === null ? end() : computing.finish()
        case 'stop':
          asked = false
          return end()
      }
    },
  }
}
