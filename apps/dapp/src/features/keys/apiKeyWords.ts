import type { ApiKey } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { formatAmount, formatMoney } from '../format/formatAmount.ts'
import { plural } from '../format/plural.ts'

/** What a key may do, as the choice in its form. */
export const uses = [
  { key: 'both', label: 'Post and read', note: 'scripts, the CLI', scopes: ['read', 'tasks'] },
  { key: 'tasks', label: 'Post only', note: 'reads nothing', scopes: ['tasks'] },
  { key: 'read', label: 'Read only', note: 'spends nothing', scopes: ['read'] },
] as const
export type Use = (typeof uses)[number]['key']

export const lifetimes = [
  { key: '30', label: '30 days', note: 'for a trial' },
  { key: '90', label: '90 days', note: 'then another' },
  { key: 'never', label: 'No end', note: 'until revoked' },
] as const
export type Lifetime = (typeof lifetimes)[number]['key']

/** When a key that is made now ends, ISO 8601; undefined: never. */
export const expiryOf = (lifetime: Lifetime, now: Date): string | undefined =>
  lifetime === 'never' ? undefined : new Date(now.getTime() + Number(lifetime) * 86_400_000).toISOString()

export const keyState = ({ state }: ApiKey): { meaning: Meaning; word: string } =>
  ({
    valid: { meaning: 'work', word: 'Valid' },
    expired: { meaning: 'rest', word: 'Expired' },
    revoked: { meaning: 'rest', word: 'Revoked' },
  })[state] as { meaning: Meaning; word: string }

/** What it may do and how much of its limit is used. */
export const keySentence = ({ scopes, spendingLimit, used, openTasks }: ApiKey): string => {
  if (spendingLimit === null) return 'Reads tasks, results and money. Spends nothing.'
  const may = scopes.includes('read')
    ? 'Posts tasks, and reads tasks, results and money.'
    : 'Posts tasks, reads nothing.'
  const open = openTasks === 0 ? '' : `, ${plural(openTasks, 'open task')}`
  return `${may} ${formatAmount(used)} of ${formatMoney(spendingLimit)} used${open}.`
}

/** What goes on after a key is revoked. */
export const revokedSentence = ({ name, openTasks }: ApiKey): string =>
  `Programs that use “${name}” are refused at once, and it never works again. ${
    openTasks === 0
      ? 'It has no open tasks.'
      : `${openTasks === 1 ? 'Its open task goes' : `Its ${openTasks} open tasks go`} on: cancel what should not, under Jobs.`
  }`
