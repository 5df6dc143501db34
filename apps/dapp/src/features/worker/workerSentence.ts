import {
  type ClaimExplanation,
  type ClaimReason,
  type ErrorCode,
  errorCatalogue,
  type JobAtHand,
  type PauseReason,
  type WorkerState,
} from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'

/** What the page says of the worker: `before`, then the title of the task set apart, then `after`. */
export type WorkerSentence = { meaning: Meaning; before: string; title: string | null; after: string; below: string }

/** What a tab does for a job of this type. Programs without words of their own get neutral ones. */
function doing({ type, chunkIndex, chunkCount }: JobAtHand): string {
  const place = `${(chunkIndex + 1).toLocaleString('en-US')} of ${chunkCount.toLocaleString('en-US')} for`
  return type === 'raytrace' ? `Rendering tile ${place}` : `Computing chunk ${place}`
}

const pauses: Record<PauseReason, string> = {
  asked: 'You paused it.',
  hidden: 'This tab is not in front. It goes on when you come back to it.',
  covered: 'Its badge is covered.',
  'on-battery': 'The machine runs on battery. It goes on when the charger is plugged in.',
  'save-data': 'This browser is set to save data, and jobs cost some.',
  'page-busy': 'This page needs the processor itself. It goes on when the page has been quiet for five seconds.',
  offline: 'There is no connection. It goes on by itself.',
  elsewhere: 'It already runs in another tab of this browser.',
}

/**
 * @param pending How many jobs wait in the queue; null where that is not known.
 * @param claim Why the server gives this node nothing; null where it has not said.
 * @param bridgeUrl Where the worker's frame comes from, to be named where it is blocked.
 */
export function workerSentence(
  state: WorkerState,
  pending: number | null,
  claim: ClaimExplanation | null = null,
  bridgeUrl: string | null = null,
): WorkerSentence {
  const plain = (meaning: Meaning, before: string, below: string): WorkerSentence => ({
    meaning,
    before,
    title: null,
    after: '',
    below,
  })
  switch (state.status) {
    case 'idle':
    case 'consenting':
      return plain('rest', 'Your worker is ready.', 'Nothing runs until you start it.')
    case 'starting':
      return plain('wait', 'Starting the worker.', 'It loads its sandbox and registers this tab.')
    case 'waiting':
      return plain('wait', 'Waiting for a job.', waitSentence(pending, claim))
    case 'working':
      return {
        meaning: 'work',
        before: doing(state.job),
        title: state.job.title,
        after: '.',
        below: '',
      }
    case 'finishing':
      return { meaning: 'work', before: doing(state.job), title: state.job.title, after: ', then stopping.', below: '' }
    case 'paused':
      return plain(
        'wait',
        'The worker is paused.',
        state.job === null ? pauses[state.reason] : `${pauses[state.reason]} Its job is kept for a minute.`,
      )
    case 'stopped':
      return plain(
        'rest',
        'The worker is stopped.',
        'Nothing runs in this tab. A job that was not done went back to the queue.',
      )
    case 'failed':
      return plain('fail', 'The worker cannot go on.', failureSentence(state.code, bridgeUrl))
  }
}

/** What is said aloud when the status changes: nothing of single jobs, of which there may be one a second. */
export function spokenStatus(state: WorkerState): string {
  if (state.status === 'working') return 'The worker computes.'
  if (state.status === 'finishing') return 'The worker completes its job, then stops.'
  const { before, below } = workerSentence(state, null)
  return state.status === 'paused' || state.status === 'failed' ? `${before} ${below}` : before
}

/** What its owner may do about each reason; null where there is nothing to do but wait. */
const remedies: Record<ClaimReason, string | null> = {
  not_online: 'Stop the worker and start it again.',
  node_full: null,
  owner_on_probation: 'Use one tab or machine until then.',
  budget_spent: 'Let jobs finish before you close the tab; it comes back by itself.',
  results_unread: 'The tab asks again by itself.',
  no_pending_jobs: 'The tab asks again by itself.',
  own_tasks_only: 'Others will compute them.',
  other_worker_type: null,
  missing_capability: null,
  program_not_allowed: null,
  price_too_high: null,
  buckets_full: 'The tab asks again by itself.',
  not_due_yet: 'The tab asks again by itself.',
  offered_to_others: 'The tab asks again by itself.',
  has_replica: 'The tab asks again by itself.',
  tried_before: 'The tab asks again by itself.',
  yielding: 'The tab asks again by itself in a moment.',
  job_waiting: null,
}

function waitSentence(pending: number | null, claim: ClaimExplanation | null): string {
  if (claim === null) return queueSentence(pending)
  return [claim.sentence, remedies[claim.reason]].filter(Boolean).join(' ')
}

function queueSentence(pending: number | null): string {
  if (pending === null) return 'It asks the server again every few seconds.'
  if (pending === 0) return 'No job is in the queue: nobody has work right now. The tab asks again by itself.'
  return `${plural(pending, 'job is', 'jobs are')} in the queue. The tab asks again by itself.`
}

/** Where the catalogue speaks to a program: of the state only the code is known here, and no value. */
const failures: Partial<Record<ErrorCode, string>> = {
  OB005: 'The server does not take what this page sends. Load the page again: it may be older than the server.',
  OB014: 'Your wallet has as many machines as it may have. Revoke one that you no longer use, under Wallet.',
}

function failureSentence(code: ErrorCode, bridgeUrl: string | null): string {
  const { sentence, hint } = errorCatalogue[code]
  if (bridgeUrl !== null && code === 'OB202') {
    return `${sentence} Allow frames and scripts of ${new URL(bridgeUrl).origin}: an extension of this browser or the network may block them.`
  }
  if (bridgeUrl !== null && code === 'OB203') {
    const named = new URL('/config.json', bridgeUrl).href
    return `${sentence} Allow frames of what ${named} names as sandboxUrl: an extension of this browser or the network may block them.`
  }
  return failures[code] ?? `${sentence} ${hint}`
}
