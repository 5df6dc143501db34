import type { EmbedState } from '../protocol/hostMessages.ts'
import type { Seen } from './mirror.ts'
import type { SiteTerms } from './readSite.ts'

const percent = (bps: number): string => `${bps / 100}\u00a0%`

/** Who gets what, in one phrase. */
export const whoEarns = ({ name, ownerBps }: SiteTerms): string => {
  if (ownerBps === 10_000) return `all of it goes to ${name}`
  if (ownerBps === 0) return 'all of it goes to you'
  return `${percent(ownerBps)} goes to ${name}, ${percent(10_000 - ownerBps)} to you`
}

const programs: Readonly<Record<string, string>> = { raytrace: 'tiles of pictures (raytrace)' }

/** What may run. Reviewed programs of customers have a hash for a name. */
export const sayPrograms = (site: SiteTerms): string => site.programs.map(sayProgram).join(', ')
export const sayProgram = (key: string): string => programs[key] ?? key.replace(/^sha256:(.{8}).*/, 'program $1')

/** For whom, in the little room of the badge. */
export const forWhom = ({ ownerBps }: SiteTerms): string => {
  if (ownerBps === 10_000) return 'the site earns'
  return ownerBps === 0 ? 'you earn' : `${percent(10_000 - ownerBps)} yours`
}

const pauses: Readonly<Record<string, string>> = {
  covered: 'Paused: badge is covered',
  hidden: 'Paused: tab is hidden',
  'on-battery': 'Paused: on battery',
  'save-data': 'Paused: data saver is on',
  'page-busy': 'Paused: page is busy',
  offline: 'Paused: offline',
  elsewhere: 'At work in another tab',
}

const errors: Readonly<Record<string, string>> = {
  OB014: 'This site has as many visitors at work as it takes now.',
  OB080: 'This site’s key was revoked or is not known.',
  OB081: 'This copy of the worker is not the real one.',
  OB101: 'The server does not answer.',
  OB203: 'A policy or an extension keeps the sandbox from loading.',
  OB204: 'This browser is too old for it.',
  OB281: 'This page is not one that the site’s key is for.',
  OB282: 'The window that asks you could not open or answer.',
}

/** A failure in a sentence for visitors. */
export const sayError = (code: string): string => errors[code] ?? `It stopped by itself (${code}).`

/** What the worker does, of this tab or of another. */
export interface Shown extends Seen {
  readonly elsewhere: boolean
}

/** The state in three words at most. */
export const sayState = (state: EmbedState, share: number): string => {
  switch (state.status) {
    case 'starting':
      return 'Starting'
    case 'waiting':
      return 'Waiting for a job'
    case 'working':
      return `${Math.round(share * 100)} % of a core`
    case 'finishing':
      return 'Finishing its job'
    case 'paused':
      return pauses[state.reason] ?? 'Paused'
    case 'failed':
      return 'Stopped'
    default:
      return 'Nothing runs'
  }
}
