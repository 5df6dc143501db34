import { readProgram } from '@oblivion/client'
import type { Program, TaskView } from '@oblivion/core'
import { walletClient, walletOptions } from '../api/walletClient.ts'
import { Section } from '../elements/Page.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { downloadInputs } from './downloadInputs.ts'
import { type FileChoice, FileDownload } from './FileDownload.tsx'
import { fileName } from './saveFile.ts'

/** What the task was posted with, to take away again: its program or programs, and its inputs. */
export function TaskPosted({ task, address }: { task: TaskView; address: `0x${string}` }) {
  const config = useConfig()
  const { taskId, title, chunkCount, plannedCount } = task
  const kept = task.status === 'cancelled' ? plannedCount : chunkCount
  const programs = task.stages?.map(({ program }) => program) ?? [task.program]
  const inputs: FileChoice = {
    label: 'Inputs',
    noun: 'input',
    total: kept,
    read: async (onProgress, signal) => ({
      blob: await downloadInputs(walletClient(config, address), {
        ...{ taskId, storage: walletOptions(config, address), address, signal, onProgress },
      }),
      name: `${fileName(title, 'task')}-inputs.json`,
    }),
  }
  const sources = programs.flatMap((program, index): FileChoice[] => {
    if (program.kind === 'builtin') return []
    const { hash, kind } = program
    const place = programs.length === 1 ? '' : ` ${index + 1}`
    const type = kind === 'js' ? 'text/javascript' : 'application/wasm'
    const read: FileChoice['read'] = async (_, signal) => ({
      blob: new Blob([(await readProgram(walletClient(config, address), { hash, signal })).source], { type }),
      name: `${fileName(title, 'task')}-program${place.replace(' ', '-')}.${kind}`,
    })
    return [{ label: `Program${place}`, noun: 'program', total: 1, read }]
  })
  return (
    <Section
      title="What you posted"
      aside={<FileDownload legend="Download what you posted" files={[inputs, ...sources]} />}
    >
      <dl className="card grid grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-2 px-5 py-4">
        <dt className="text-12 text-ink-3">{programs.length === 1 ? 'Program' : 'Programs'}</dt>
        <dd className="flex min-w-0 flex-col gap-1">
          {programs.map((program, index) => (
            // Stages never move, and two may run the same program.
            <span key={`${index + 1} ${program.kind}`}>
              {programs.length > 1 && <span className="figure text-12 text-ink-3">{index + 1} </span>}
              <ProgramName program={program} />
            </span>
          ))}
        </dd>
        <dt className="text-12 text-ink-3">Inputs</dt>
        <dd>
          {plural(kept, 'input')}, one a chunk.
          {kept < chunkCount &&
            ` Those of ${plural(chunkCount - kept, 'chunk')} are not kept: the task was cancelled before they were planned.`}
        </dd>
      </dl>
    </Section>
  )
}

function ProgramName({ program }: { program: Program }) {
  if (program.kind === 'builtin') return <>{program.name}, built in</>
  return (
    <>
      {program.kind === 'js' ? 'JavaScript' : 'WebAssembly'} of your own,{' '}
      <span className="figure whitespace-nowrap text-12 text-ink-2" title={`SHA-256 ${program.hash}`}>
        {formatAddress(program.hash)}
      </span>
    </>
  )
}
