import type { NetworkStats } from '@oblivion/core'
import type { FigureEntry } from '../elements/Figures.tsx'
import { plural } from '../format/plural.ts'

/** Five figures, each with a word on what it means; a zero is explained. */
export function networkFigures(stats: NetworkStats): FigureEntry[] {
  const { online, working, chunksToday, chunksTotal, medianWaitSeconds, fairness } = stats
  const count = (value: number) => value.toLocaleString('en-US')
  return [
    {
      label: 'Online',
      value: count(online),
      note: online === 0 ? 'No worker has called in the last minute.' : 'Workers that called in the last minute.',
    },
    {
      label: 'Working',
      value: count(working),
      note: working === 0 ? idleReason(stats) : 'Workers that hold a job now.',
    },
    {
      label: 'Chunks today',
      value: count(chunksToday),
      note: `Accepted since midnight UTC; ${count(chunksTotal)} in all.`,
    },
    {
      label: 'Median wait',
      value: medianWaitSeconds === null ? '–' : formatWait(medianWaitSeconds),
      unit: medianWaitSeconds === null ? undefined : 's',
      note: medianWaitSeconds === null ? 'No job was taken in the last hour.' : 'From a job’s being due to its start.',
    },
    {
      label: 'Fairness',
      value: fairness === null ? '–' : fairness.toFixed(2),
      note: fairness === null ? 'It takes two owners at work.' : '1 where all who want work had the same share.',
    },
  ]
}

function idleReason({ online, pendingJobs }: NetworkStats): string {
  if (online === 0) return 'Nobody is online.'
  return pendingJobs === 0 ? 'There is no job to take.' : 'Workers are about to take one.'
}

function formatWait(seconds: number): string {
  return seconds < 10 ? (Math.round(seconds * 10) / 10).toString() : Math.round(seconds).toLocaleString('en-US')
}

/** The state of the network in one sentence. */
export function networkSentence({ online, working, pendingJobs }: NetworkStats): string {
  if (online === 0 && pendingJobs === 0) return 'No worker is online and no job waits.'
  const waits = pendingJobs === 0 ? '' : `; ${plural(pendingJobs, 'job waits', 'jobs wait')}`
  return `${whoIsThere(online, working)}${waits}.`
}

function whoIsThere(online: number, working: number): string {
  if (online === 0) return 'No worker is online'
  if (online === 1) return `One worker is online${working > 0 ? ', and at work' : ' and idle'}`
  const workers = `${online.toLocaleString('en-US')} workers are online`
  if (working === 0) return `${workers}, none of them at work`
  return `${workers}, ${working >= online ? 'all' : working.toLocaleString('en-US')} of them at work`
}
