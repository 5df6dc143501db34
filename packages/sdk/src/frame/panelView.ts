import { make } from './elements.ts'
import type { SiteTerms } from './readSite.ts'
import { type LiveView, list, mark } from './views.ts'
import { type Shown, sayProgram, sayPrograms, sayState, whoEarns } from './words.ts'

export interface PanelParts {
  readonly site: SiteTerms
  readonly cpu: number
  readonly maxCpu: number
  /** The answer of `visitor_earnings`. */
  readonly earned: () => Promise<unknown>
  readonly onPower: (cpu: number) => void
  /** Resolves to the address to open, or to a sentence that says why there is none. */
  readonly onClaim: () => Promise<{ readonly url: string } | { readonly sentence: string }>
  readonly onStop: () => void
  readonly onNever: () => void
  readonly onClose: () => void
}

/** What the badge opens: what it does, power, earnings, the way to a wallet, and the way out. */
export const panelView = (parts: PanelParts): LiveView => {
  const { site, cpu, maxCpu, earned, onPower, onClaim, onStop, onNever, onClose } = parts
  const amount = make('output', {}, `${Math.round(cpu * 100)} %`)
  const range = make('input', { type: 'range', min: '5', max: String(Math.round(maxCpu * 100)), step: '5' })
  range.value = String(Math.round(cpu * 100))
  range.ariaLabel = 'Most of one processor core'
  range.oninput = () => {
    amount.textContent = `${range.value} %`
    onPower(Number(range.value) / 100)
  }
  const now = make('span', { className: 'now' })
  const sum = make('span', {}, 'Looking')
  earned().then(
    (answer) => {
      sum.textContent = sayEarnings(answer)
    },
    () => {
      sum.textContent = 'Cannot be read at the moment'
    },
  )
  const claim = make('button', { type: 'button' }, 'Move to my wallet')
  const answer = make('span', { className: 'hint', role: 'status' })
  claim.onclick = async () => {
    claim.disabled = true
    const told = await onClaim().catch(() => ({ sentence: 'The server does not answer. Try again.' }))
    claim.disabled = false
    if ('sentence' in told) answer.textContent = told.sentence
    else {
      const link = make(
        'a',
        { href: told.url, target: '_blank', rel: 'noopener' },
        'Open the wallet page (good for 10 minutes)',
      )
      answer.replaceChildren(link)
      link.click()
    }
  }
  const button = (text: string, onclick: () => void, className = ''): HTMLElement =>
    make('button', { type: 'button', onclick, className }, text)
  const element = make(
    'main',
    { className: 'card panel' },
    make('header', {}, make('h1', {}, 'Computing on this page'), button('Close', onClose)),
    list([
      ['Now', now],
      ['What', `Reviewed programs: ${sayPrograms(site)}`],
      ['For whom', `Of what customers pay, ${whoEarns(site)}.`],
      ['Power', make('span', { className: 'power' }, range, amount, ' of one core')],
      ...(site.ownerBps < 10_000
        ? [['You earned', make('span', { className: 'earned' }, sum, claim, answer)] as const]
        : []),
    ]),
    make('footer', {}, button('Never on this site', onNever), button('Stop', onStop, 'stop')),
    make('div', { className: 'foot' }, mark()),
  )
  const show = (shown: Shown): void => {
    now.textContent = sayNow(shown)
  }
  return { element, width: 344, height: null, show }
}

/** What it does at this moment, in the room of the panel. */
const sayNow = ({ state, share, job, elsewhere }: Shown): string => {
  const where = elsewhere ? 'In another tab: ' : ''
  const part = job
    ? `; ${sayProgram(job.type)}, part ${job.chunkIndex + 1} of ${job.chunkCount}, ${Math.round(job.progress * 100)} % done`
    : ''
  return `${where}${sayState(state, share)}${part}`
}

/** Amounts come as decimal strings of the smallest unit; USDC has 6 decimals. */
const sayEarnings = (answer: unknown): string => {
  const { earned, boundTo } = Object(answer) as { earned?: string; boundTo?: string | null }
  if (earned === undefined || (earned === '0' && !boundTo)) return 'Nothing yet'
  const padded = earned.padStart(7, '0')
  const amount = `${padded.slice(0, -6)}.${padded.slice(-6)}`.replace(/\.?0+$/, '')
  return boundTo ? `${amount} USDC, to ${boundTo}` : `${amount} USDC`
}
