import type { TaskSummary, WorkerType } from '@oblivion/core'
import { formatDuration } from '../format/formatDuration.ts'

const typeWords: Record<WorkerType, string> = { browser: 'browser tabs', server: 'servers', python: 'Python nodes' }

/** How a task runs and who may compute it, as they hold. */
export function termsSentence({ terms, needs }: Pick<TaskSummary, 'terms' | 'needs'>): string {
  const { maxAttempts, timeoutSeconds, maxConcurrentChunks, priority } = terms
  const time = formatDuration(timeoutSeconds)
  const runs = [
    maxAttempts === 1 ? `One attempt of ${time}` : `Up to ${maxAttempts} attempts of ${time} each`,
    ...(maxConcurrentChunks === null ? [] : [`${maxConcurrentChunks.toLocaleString('en-US')} at once`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
  ].join(', ')
  // That a worker's owner lets customers' programs run is asked for by the engine, and not by the customer.
  const names = (needs.capabilities ?? []).filter((name) => name !== 'strangersPrograms')
  const types = needs.workerTypes?.map((type) => typeWords[type])
  if (types === undefined && names.length === 0) return `${runs}.`
  return `${runs}. Only for ${types?.join(' and ') ?? 'workers'}${names.length === 0 ? '' : ` with ${names.join(', ')}`}.`
}
