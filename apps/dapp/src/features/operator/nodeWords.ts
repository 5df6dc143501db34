import type { OperatorNode, OperatorNodeAttempt, OperatorNodes, OperatorNodeView } from '@oblivion/core'
import type { FigureEntry } from '../elements/Figures.tsx'
import type { Meaning } from '../elements/StateMark.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'
import { attemptWords } from '../jobs/attemptWords.ts'

/** The server's list has no more rows. */
export const mostNodes = 200

/** Since a node's last sign of life, in seconds by the server's clock. */
const silence = ({ lastSeenAt }: Pick<OperatorNode, 'lastSeenAt'>, asOf: string): number =>
  Math.max(0, (Date.parse(asOf) - Date.parse(lastSeenAt)) / 1000)

type State = Pick<OperatorNode, 'online' | 'currentJobs' | 'lastSeenAt' | 'hasKey'>

/** How a node stands, and for how long it has been down. */
export function nodeState(node: State, asOf: string): { meaning: Meaning; words: string } {
  if (node.online)
    return node.currentJobs > 0 ? { meaning: 'work', words: 'Working' } : { meaning: 'wait', words: 'Waiting' }
  const words = `Down for ${formatDuration(silence(node, asOf))}`
  // What it holds goes back to the queue by itself, later.
  if (node.currentJobs > 0) return { meaning: 'fail', words }
  return { meaning: 'rest', words: node.hasKey ? words : 'Without a key' }
}

/** All of them in one sentence. */
export function nodesSentence({ nodes }: OperatorNodes): string {
  if (nodes.length === 0) return 'No node has called in yet.'
  const up = nodes.filter(({ online }) => online)
  const working = up.filter(({ currentJobs }) => currentJobs > 0).length
  const down = nodes.filter(({ online, hasKey }) => !online && hasKey).length
  const first =
    up.length === 0 ? 'No node is up' : `${plural(up.length, 'node is', 'nodes are')} up, ${working || 'none'} at work`
  return down === 0 ? `${first}.` : `${first}; ${down.toLocaleString('en-US')} ${down === 1 ? 'is' : 'are'} down.`
}

/** One of them in a sentence. */
export function nodeSentence(node: OperatorNodeView): string {
  const { words } = nodeState(node, node.asOf)
  if (node.online && node.currentJobs > 0) return `At work on ${plural(node.currentJobs, 'job')}.`
  if (node.online) return 'Waiting for a job.'
  const holds = node.currentJobs > 0 ? `, with ${plural(node.currentJobs, 'job')} in its hands` : ''
  return `${words}${holds}.`
}

/** Four figures of one node, each with a word on what it means; a zero is explained. */
export function nodeFigures(node: OperatorNodeView): FigureEntry[] {
  const { currentJobs, maxJobs, completedJobs, lastHour, staleAfterSeconds } = node
  const [value = '', unit, ...rest] = formatDuration(silence(node, node.asOf)).split(' ')
  const count = (number: number) => number.toLocaleString('en-US')
  return [
    {
      label: 'Last heartbeat',
      ...(rest.length > 0 ? { value: [value, unit, ...rest].join(' ') } : { value, unit: `${unit} ago` }),
      note: `Its jobs go back ${formatDuration(staleAfterSeconds)} after its last one.`,
    },
    {
      label: 'Active jobs',
      value: `${currentJobs} / ${maxJobs}`,
      note: currentJobs === 0 ? 'It holds none.' : 'Of those that it may hold at once.',
    },
    {
      label: 'Jobs done',
      value: count(completedJobs),
      note: completedJobs === 0 ? 'No result of its was accepted yet.' : 'Accepted since it was registered.',
    },
    {
      label: 'Last hour',
      value: lastHour.attempts === 0 ? '–' : `${count(lastHour.succeeded)} / ${count(lastHour.attempts)}`,
      note: lastHour.attempts === 0 ? 'No attempt of its ended.' : 'Attempts that succeeded, of those that ended.',
    },
  ]
}

/** How a try ended, and how long it took. */
export function tryWords(attempt: OperatorNodeAttempt): {
  meaning: Meaning
  words: string
  note: string
  took: string
} {
  const { meaning, word, sentence } = attemptWords({ ...attempt, verdict: null })
  const seconds = (Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt)) / 1000
  const words = `${word.charAt(0).toUpperCase()}${word.slice(1)}`
  return { meaning, words, note: sentence, took: seconds < 1 ? 'under 1 s' : formatDuration(seconds) }
}
