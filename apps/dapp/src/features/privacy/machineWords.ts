import type { OwnNode, WorkerType } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'

const names: Record<WorkerType, string> = { browser: 'Browser tab', server: 'Server', python: 'Python process' }

/** What a machine says that it is. */
export const machineName = ({ workerType }: Pick<OwnNode, 'workerType'>): string => names[workerType]

/** How it stands, in a word. Without a key it may still work: by the session of a page that is signed in. */
export const machineState = ({
  online,
  currentJobs,
  hasKey,
}: Pick<OwnNode, 'online' | 'currentJobs' | 'hasKey'>): { meaning: Meaning; word: string } => {
  if (currentJobs > 0) return { meaning: 'work', word: plural(currentJobs, 'job') }
  if (!hasKey) return { meaning: 'rest', word: 'Key revoked' }
  return online ? { meaning: 'wait', word: 'Waiting' } : { meaning: 'rest', word: 'Offline' }
}

/** What came of it. `machine` is as it was before. */
export const revokedSentence = ({ currentJobs }: Pick<OwnNode, 'currentJobs'>): string =>
  currentJobs === 0 ? 'The key is void.' : `The key is void. ${plural(currentJobs, 'job')} went back to the queue.`
