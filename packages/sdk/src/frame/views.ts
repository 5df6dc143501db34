import { dot, make } from './elements.ts'
import type { SiteTerms } from './readSite.ts'
import { forWhom, type Shown, sayError, sayPrograms, sayState, whoEarns } from './words.ts'

/** What the frame shows, and how large it wants to be for it, in CSS pixels; without a height, as high as it needs. */
export interface View {
  readonly element: HTMLElement
  readonly width: number
  readonly height: number | null
}

/** A view of the worker at work, told of everything new. */
export type LiveView = View & { readonly show: (shown: Shown) => void }

export const mark = (): HTMLElement => make('span', { className: 'mark' }, 'Oblivion')
export const list = (rows: readonly (readonly [string, string | Node])[]): HTMLElement =>
  make('dl', {}, ...rows.flatMap(([term, text]) => [make('dt', {}, term), make('dd', {}, text)]))

export interface CardParts {
  readonly site: SiteTerms
  /** What the visitor may choose at most, 0.05 to 1. */
  readonly maxCpu: number
  /** The answer holds for a day; else for this visit. */
  readonly lasting: boolean
  /** The button of the yes opens a window that asks once more. */
  readonly inWindow: boolean
  readonly aboutUrl: string
  readonly onYes: (event: MouseEvent, cpu: number) => void
  readonly onNo: (event: MouseEvent) => void
}

/** The consent: what, for whom, how much power, how to stop, and two equal buttons. */
export const cardView = (parts: CardParts): View & { readonly setLive: (live: boolean) => void } => {
  const { site, maxCpu, lasting, inWindow, aboutUrl, onYes, onNo } = parts
  const top = Math.round(maxCpu * 100)
  // In steps of five: what the browser made of a cap between two of them is what is shown, and what is agreed to.
  const range = make('input', { type: 'range', min: '5', max: String(top), step: '5', value: String(top) })
  const amount = make('output', {}, `${range.value} %`)
  range.ariaLabel = 'Most of one processor core'
  range.oninput = () => {
    amount.textContent = `${range.value} %`
  }
  const yes = make('button', { type: 'button', className: 'yes' }, inWindow ? 'Yes, ask me there' : 'Yes, compute')
  const no = make('button', { type: 'button', className: 'no' }, 'No')
  const hint = make('p', { className: 'hint', role: 'status' })
  yes.onclick = (event) => onYes(event, Number(range.value) / 100)
  no.onclick = onNo
  const element = make(
    'main',
    { className: 'card' },
    make('header', {}, make('h1', {}, `Let ${site.name} use some of your computer?`)),
    list([
      [
        'What',
        `Reviewed programs compute for paying customers: ${sayPrograms(site)}. They see nothing of you or this page.`,
      ],
      ['For whom', `Customers pay for results; ${whoEarns(site)}.`],
      ['Power', make('span', { className: 'power' }, range, amount, ' of one core')],
      [
        'Stop',
        `At any time, by one click in this corner. ${lasting ? 'You are asked again after 24 hours.' : 'You are asked again at your next visit.'}`,
      ],
    ]),
    make('footer', {}, no, yes),
    make(
      'div',
      { className: 'foot' },
      mark(),
      hint,
      make('a', { href: aboutUrl, target: '_blank', rel: 'noopener' }, 'How it works'),
    ),
  )
  const setLive = (live: boolean): void => {
    yes.ariaDisabled = String(!live)
    hint.textContent = live ? '' : 'Ready once it is all in view'
  }
  if (!inWindow) setLive(false)
  return { element, width: 344, height: null, setLive }
}

export interface BadgeParts {
  readonly site: SiteTerms
  readonly onStop: () => void
  readonly onDetails: () => void
}

/** The badge: always there while anything runs. Who earns, the share of the CPU, Stop. */
export const badgeView = (parts: BadgeParts): LiveView => {
  const { site, onStop, onDetails } = parts
  const sign = make('span', { className: 'sign' })
  const line = make('span', { className: 'line' })
  const whom = make('span', { className: 'whom' })
  const details = make(
    'button',
    { type: 'button', className: 'about', title: `Of what it earns, ${whoEarns(site)}. Open details and power.` },
    sign,
    make('span', { className: 'lines' }, line, whom),
  )
  details.onclick = onDetails
  const stop = make('button', { type: 'button', className: 'stop' }, 'Stop')
  stop.onclick = onStop
  const show = ({ state, share, elsewhere }: Shown): void => {
    whom.textContent = `Oblivion: ${elsewhere ? 'in another tab' : forWhom(site)}`
    sign.replaceChildren(dot(state.status === 'working' || state.status === 'finishing' ? 'work' : 'wait'))
    line.textContent = sayState(state, share)
  }
  return { element: make('main', { className: 'badge' }, details, stop), width: 240, height: 56, show }
}

/** Nothing runs: why, and what can be done. */
export const restView = (sentence: string, action: string | null, onAction: () => void, code?: string): View => ({
  element: make(
    'main',
    { className: 'badge' },
    make(
      'span',
      { className: 'about' },
      make('span', { className: 'sign' }, dot(code ? 'fail' : 'off')),
      make(
        'span',
        { className: 'lines' },
        make('span', { className: 'line' }, sentence),
        make(
          'span',
          { className: 'whom', title: code ? sayError(code) : '' },
          code ? sayError(code) : 'Oblivion: nothing runs',
        ),
      ),
    ),
    action === null ? null : make('button', { type: 'button', onclick: onAction }, action),
  ),
  width: 240,
  height: 56,
})

/** Out of sight. */
export const noView = (): View => ({ element: make('main'), width: 0, height: 0 })
