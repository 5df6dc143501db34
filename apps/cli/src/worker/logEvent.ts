import type { ServerWorkerEvent } from '@oblivion/sdk/node'
import type { Log, LogLevel } from '../createLog.ts'

export interface Description {
  readonly level: LogLevel
  readonly sentence: string
}

/** Writes an event of a worker to the log, with whose it is and all that it says of the job. */
export const logEvent = (log: Log, worker: string, event: ServerWorkerEvent): void => {
  const described = describeEvent(event)
  if (described !== null) log[described.level]({ worker, ...event }, described.sentence)
}

/** What an event of a worker is called in the log; null for those that nobody reads. */
const describeEvent = (event: ServerWorkerEvent): Description | null => {
  switch (event.type) {
    case 'claim': {
      const { title, type, chunkIndex, chunkCount, attempt } = event.job
      const again = attempt > 1 ? `, attempt ${attempt}` : ''
      return { level: 'info', sentence: `${type}: chunk ${chunkIndex + 1} of ${chunkCount} of “${title}”${again}` }
    }
    case 'report': {
      const { report } = event
      const chunk = `chunk ${report.chunkIndex + 1} of “${report.title}”`
      if (report.outcome === 'released') return { level: 'info', sentence: `gave back ${chunk}` }
      if (report.outcome === 'failed')
        return { level: 'warn', sentence: `the program of ${chunk} failed: ${event.error ?? 'it said nothing'}` }
      return report.accepted
        ? { level: 'info', sentence: `${chunk} accepted after ${report.seconds.toFixed(1)} s` }
        : { level: 'warn', sentence: `${chunk} refused: ${report.reason ?? 'no reason given'}` }
    }
    case 'pause':
      return { level: 'warn', sentence: 'the server cannot be reached; trying again by itself' }
    case 'resume':
      return { level: 'info', sentence: 'the server is back' }
    case 'fail':
      return { level: 'error', sentence: `stopped: ${event.code}` }
    case 'progress':
      return { level: 'debug', sentence: `${Math.round(event.progress * 100)} %` }
    default:
      return null
  }
}
