import { allowProgram, type Client, stopProgram } from '@oblivion/client'
import type { OperatorOverview } from '@oblivion/core'
import type { ReactNode } from 'react'
import { Button } from '../elements/Button.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'
import { Time } from '../format/Time.tsx'
import type { Question } from './AskDialog.tsx'
import { programName } from './operatorWords.ts'

type ProgramSectionProps = {
  programs: OperatorOverview['programs']
  client: Client
  ask: (question: Question) => void
}

const whatStoppingDoes =
  'Nobody gets a job of it any more, and nodes that run it drop it within 15 s. Its tasks are paused with their money held; their customers can cancel them. New tasks with it are refused.'

/** Programs that nobody may run, those that look like it, and the switch for any. */
export function ProgramSection({ programs: { stopped, suspected }, client, ask }: ProgramSectionProps) {
  const stop = async (program: string, reason: string) => {
    const tasks = await stopProgram(client, { program, reason })
    return `Stopped. ${plural(tasks, 'task is', 'tasks are')} paused.`
  }
  return (
    <Section
      title="Programs"
      aside={
        <Button
          size="small"
          onClick={() =>
            ask({
              ...{ title: 'Stop a program?', children: whatStoppingDoes, confirm: 'Stop it now', danger: true },
              ...{ program: true, reason: true, act: ({ program, reason }) => stop(program, reason) },
            })
          }
        >
          Stop a program
        </Button>
      }
    >
      {stopped.length + suspected.length === 0 ? (
        <p className="card px-5 py-4 text-ink-2">
          No program is stopped, and none has killed a sandbox within a day. One that kills those of several established
          owners is stopped by itself.
        </p>
      ) : (
        <ul aria-label="Programs to look at" className="card divide-y divide-line">
          {suspected.map(({ program, owners, lastAt }) => (
            <li key={program} className="flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4">
              <ProgramWords program={program} meaning="wait">
                It killed sandboxes of {plural(owners, 'established owner')}, last at <Time at={lastAt} />.
              </ProgramWords>
              <Button
                size="small"
                onClick={() =>
                  ask({
                    ...{ title: `Stop ${programName(program)}?`, children: whatStoppingDoes, confirm: 'Stop it now' },
                    ...{ danger: true, reason: true, act: ({ reason }) => stop(program, reason) },
                  })
                }
              >
                Stop
              </Button>
            </li>
          ))}
          {stopped.map(({ program, reason, stoppedAt, tasks }) => (
            <li key={program} className="flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4">
              <ProgramWords program={program} meaning="fail">
                Stopped at <Time at={stoppedAt} />: {reason} {plural(tasks, 'task waits', 'tasks wait')} for it.
              </ProgramWords>
              <Button
                size="small"
                onClick={() =>
                  ask({
                    title: `Allow ${programName(program)} again?`,
                    children: `Nodes take its jobs again at once, and ${plural(tasks, 'task goes', 'tasks go')} on. What was said against it counts from nothing.`,
                    confirm: 'Allow it now',
                    act: async () => {
                      const resumed = await allowProgram(client, { program })
                      return `Allowed. ${plural(resumed, 'task goes', 'tasks go')} on.`
                    },
                  })
                }
              >
                Allow
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

type ProgramWordsProps = { program: string; meaning: 'wait' | 'fail'; children: ReactNode }

function ProgramWords({ program, meaning, children }: ProgramWordsProps) {
  return (
    <div className="min-w-0 flex-1 basis-64">
      <p className="flex items-center gap-2">
        <StateMark meaning={meaning} size={8} />
        <span className="figure truncate" title={program}>
          {programName(program)}
        </span>
      </p>
      <p className="mt-1 break-words text-12 text-ink-2">{children}</p>
    </div>
  )
}
