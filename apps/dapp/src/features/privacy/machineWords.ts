import type { OwnNode, Registration, WorkerType } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'
import type { Config } from '../shell/config.ts'

const names: Record<WorkerType, string> = { browser: 'Browser tab', server: 'Server', python: 'Python node' }

/** What a machine says that it is. */
export const machineName = ({ workerType }: Pick<OwnNode, 'workerType'>): string => names[workerType]

/** The same with what tells it from others of its kind: its id, the middle of a long one left out. */
export const machineLabel = ({ workerType, hardwareId }: Pick<OwnNode, 'workerType' | 'hardwareId'>): string => {
  const id = hardwareId.length > 24 ? `${hardwareId.slice(0, 8)}…${hardwareId.slice(-8)}` : hardwareId
  return `${machineName({ workerType })}, id ${id}`
}

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

export type MachineKind = Exclude<WorkerType, 'browser'>

/** What a machine without a wallet may run, what it needs and where the file goes, and how it is started there. */
export const machineKinds: readonly {
  key: MachineKind
  label: string
  note: string
  needs: string
  command: string
}[] = [
  {
    ...{ key: 'python', label: 'Python', note: 'Built-in programs', command: 'python3 sharded_worker.py' },
    needs:
      'It needs Python 3.9 or newer and a copy of the folder apps/python-worker out of Oblivion’s source code. Put the lines above into a file named .env.local in that folder',
  },
  {
    ...{ key: 'server', label: 'Node.js', note: 'These and reviewed ones' },
    command: 'npx -y pnpm@12.21.0 oblivion worker',
    needs:
      'It needs Node.js 20 or newer and a clone of Oblivion’s source code. Put the lines above into a file named .env.local in the clone',
  },
]

/** How a machine is started that was added for these programs: it has to say it too, for nobody else may say it alone. */
export const machineCommand = ({
  workerType,
  strangersPrograms,
}: {
  workerType: MachineKind
  strangersPrograms: boolean
}): string => {
  const { command = '' } = machineKinds.find(({ key }) => key === workerType) ?? {}
  return strangersPrograms ? `${command} --strangers-programs` : command
}

/** The lines of its `.env.local`. */
export const machineVariables = (
  { supabaseUrl, anonKey }: Pick<Config, 'supabaseUrl' | 'anonKey'>,
  made: readonly Pick<Registration, 'nodeId' | 'nodeSecret'>[],
): string => {
  const [ids, keys] = [made.map(({ nodeId }) => nodeId), made.map(({ nodeSecret }) => nodeSecret)]
  return [`SUPABASE_URL=${supabaseUrl}`, `SUPABASE_KEY=${anonKey}`, `NODE_ID=${ids}`, `NODE_KEY=${keys}`].join('\n')
}

/** How many nodes one machine with Python may be added as; each has at most two jobs at once. */
export const nodeCounts = [
  { key: '1', label: '1', note: '2 jobs at once' },
  { key: '2', label: '2', note: '4 jobs' },
  { key: '4', label: '4', note: '8 jobs' },
] as const
export type NodeCount = (typeof nodeCounts)[number]['key']

/** Their names: its own, with a number where there are several. */
export const nodeNames = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}-${index + 1}`))
