import type { Asset, ChunkAttempt, TaskView } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { formatDuration } from '../format/formatDuration.ts'
import { formatRecent } from '../format/formatTime.ts'

/** Why a worker says that it failed, by the code that it gave. */
const reasons: Record<string, string> = {
  OB011: 'Its result was too large.',
  OB205: 'The program threw an error.',
  OB207: 'This worker does not have the program.',
  OB208: 'It ran longer than it may, and was stopped.',
  OB209: 'The sandbox ended while it ran, as where a program takes too much memory.',
}

const verdicts = {
  unchecked: 'Accepted, unchecked.',
  valid: 'Accepted: enough results are equal.',
  invalid: 'Paid, but proven wrong.',
  inconclusive: 'Paid, but the results differ and none has enough behind it.',
} as const

/** Until a job is paid for its times are told to the minute, in a text without seconds. */
const isToMinute = (time: string) => /T\d\d:\d\dZ$/.test(time)

/** How an attempt ended: its mark, a word, and a sentence. */
export function attemptWords({
  startedAt,
  outcome,
  code,
  verdict,
}: Pick<ChunkAttempt, 'startedAt' | 'outcome' | 'code' | 'verdict'>): {
  meaning: Meaning
  word: string
  sentence: string
} {
  switch (outcome) {
    case null:
      return { meaning: 'work', word: 'at work', sentence: 'A worker computes it now.' }
    case 'succeeded':
      return {
        meaning: verdict === 'invalid' || verdict === 'inconclusive' ? 'wait' : 'done',
        word: 'done',
        sentence: verdicts[verdict ?? 'unchecked'],
      }
    case 'failed':
      return {
        meaning: 'fail',
        word: 'failed',
        sentence:
          code !== null
            ? (reasons[code] ?? `It says ${code}.`)
            : isToMinute(startedAt)
              ? 'Why is shown only once its chunk is paid for.'
              : 'Its worker gave no reason that is shown.',
      }
    case 'expired':
      return { meaning: 'wait', word: 'lost', sentence: 'Its worker went away with it.' }
    case 'released':
      return { meaning: 'rest', word: 'given back', sentence: 'Its worker gave it back, and it does not count.' }
    case 'rejected':
      return { meaning: 'fail', word: 'refused', sentence: 'What came back was no result as one has to be.' }
  }
}

/** Who it was, as far as that is told, and what it earned. */
export function attemptWho({ provider, worker, reward }: ChunkAttempt, asset: Asset): string {
  const who = provider === null ? `Worker ${worker}` : formatAddress(provider)
  return reward === null ? who : `${who}, ${formatMoney(reward, asset)}`
}

/** When it began: the time of today, as finely as it is told, or the date of another day. */
export function attemptStart({ startedAt }: Pick<ChunkAttempt, 'startedAt'>, now: Date): string {
  const recent = formatRecent(new Date(startedAt), now)
  return isToMinute(startedAt) ? recent.replace(/^(\d\d:\d\d):00$/, '$1') : recent
}

/** How long it took, as finely as it is told; null while it runs. */
export function attemptTime({ startedAt, endedAt }: Pick<ChunkAttempt, 'startedAt' | 'endedAt'>): string | null {
  if (endedAt === null) return null
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  if (isToMinute(endedAt))
    return seconds < 60 ? 'under a minute' : `about ${seconds < 120 ? '1 min' : formatDuration(seconds)}`
  return seconds < 1 ? 'under 1 s' : formatDuration(seconds)
}

/** Why there is nothing to show of a chunk. */
export function noAttemptsSentence(letter: string, { stages, terms }: Pick<TaskView, 'stages' | 'terms'>): string {
  const open = letter === 'p' || letter === 'b' || letter === 'r'
  if (open && (stages !== null || terms.replicas > 1))
    return 'With several jobs a chunk, how it is tried is shown once a stage of it has ended: until then nobody may know what to copy.'
  if (open) return 'Nobody has taken it yet.'
  if (letter === 'x') return 'Nobody had taken it when the task ended.'
  return 'Its history is older than this network keeps it.'
}
