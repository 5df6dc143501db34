import type { ServerWorkerEvent } from '@oblivion/sdk/node'
import type { LogLevel } from '../createLog.ts'

export interface Description {
  readonly level: LogLevel
  readonly sentence: string
}

/** What an event of a worker is called in the log; null for those that nobody reads. */
export const describeEvent = (event: ServerWorkerEvent): Description | null => {
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
      if (report.outcome === 'failed') return { level: 'warn', sentence: `the program of ${chunk} failed` }
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
