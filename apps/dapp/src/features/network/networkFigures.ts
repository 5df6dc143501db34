import type { NetworkStats } from '@oblivion/core'
import type { FigureEntry } from '../elements/Figures.tsx'
import { plural } from '../format/plural.ts'

/** Five figures, each with a word on what it means; a zero is explained. */
export function networkFigures(stats: NetworkStats): FigureEntry[] {
  const { online, working, pendingJobs, chunksToday, chunksTotal, medianWaitSeconds, tasksRunning } = stats
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
      label: 'Waiting jobs',
      value: count(pendingJobs),
      note: pendingJobs === 0 ? 'The queue is empty.' : `From ${plural(tasksRunning, 'running task')}.`,
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
      note: medianWaitSeconds === null ? 'No job was taken lately.' : 'From a job’s being due to its start.',
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
  if (online === 0) {
    return pendingJobs === 0
      ? 'No worker is online and no job waits.'
      : `No worker is online; ${plural(pendingJobs, 'job waits', 'jobs wait')}.`
  }
  const workers = plural(online, 'worker is', 'workers are')
  if (working === 0) return `${workers} online, none of them at work.`
  if (working >= online)
    return online === 1 ? 'One worker is online, and at work.' : `${workers} online, all of them at work.`
  return `${workers} online, ${working.toLocaleString('en-US')} of them at work.`
}
