import { deleteSchedule, runSchedule, setScheduleEnabled } from '@oblivion/client'
import type { Schedule } from '@oblivion/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Pill } from '../elements/Pill.tsx'
import { plural } from '../format/plural.ts'
import { Time } from '../format/Time.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { isAnswerLost } from './lostAnswer.ts'
import { rhythmOf, scheduleState } from './scheduleWords.ts'

type ScheduleListProps = { schedules: readonly Schedule[]; address: `0x${string}` }

/** My schedules: what each posts, when, and what became of its last run. */
export function ScheduleList({ schedules, address }: ScheduleListProps) {
  return (
    <ul aria-label="My schedules" className="card divide-y divide-line">
      {schedules.map((schedule) => (
        <ScheduleRow key={schedule.scheduleId} schedule={schedule} address={address} />
      ))}
    </ul>
  )
}

function ScheduleRow({ schedule, address }: { schedule: Schedule; address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const { scheduleId, name, enabled } = schedule
  const act = useMutation({
    mutationFn: async (what: 'toggle' | 'run' | 'delete') => {
      const client = walletClient(config, address)
      if (what === 'toggle') await setScheduleEnabled(client, { scheduleId, enabled: !enabled })
      if (what === 'delete') await deleteSchedule(client, { scheduleId })
      if (what === 'run') {
        const { error } = await runSchedule(client, { scheduleId })
        if (error === null) tell('Posted. Its task stands under Jobs.')
        else tellError({ title: 'Nothing was posted.', hint: error.message })
      }
    },
    onError: (error, what) =>
      tellError(
        what === 'run' && isAnswerLost(error)
          ? {
              title: 'No answer came, and its task may be posted all the same.',
              hint: 'See Jobs before you run it again.',
            }
          : errorSentence(error, 'Changing the schedule'),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['schedules'] }),
  })
  const { meaning, word } = scheduleState(schedule)
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="truncate font-medium">{name}</span>
          <Pill meaning={meaning}>{word}</Pill>
        </p>
        <p className="mt-1 text-12 text-ink-2">
          Runs <span className="figure text-ink">{rhythmOf(schedule)}</span>
          {schedule.nextRunAt !== null && (
            <>
              , next at <Time at={schedule.nextRunAt} />
            </>
          )}
          . {plural(schedule.runs, 'task')} posted
          {schedule.lastTaskId !== null && schedule.lastRunAt !== null && (
            <>
              , the{' '}
              <Link
                to="/jobs/$taskId"
                params={{ taskId: schedule.lastTaskId }}
                className="text-link underline underline-offset-2"
              >
                last
              </Link>{' '}
              at <Time at={schedule.lastRunAt} />
            </>
          )}
          .
        </p>
        {schedule.lastError !== null && (
          <p className="mt-1 text-12 text-fail-ink">
            The last run posted nothing: {schedule.lastError.message} ({schedule.lastError.code})
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="small" busy={act.isPending} onClick={() => act.mutate('toggle')}>
          {enabled ? 'Pause' : 'Turn on'}
        </Button>
        <Button size="small" busy={act.isPending} onClick={() => act.mutate('run')}>
          Run now
        </Button>
        <Button size="small" kind="quiet" onClick={() => setAsking(true)}>
          Delete
        </Button>
      </div>
      {asking && (
        <Dialog title="Delete this schedule?" onClose={() => setAsking(false)} keep={act.isPending}>
          <div className="flex flex-col gap-4 p-5">
            <p className="text-ink-2">
              {name} is posted no more. Tasks that it posted stay, and those that run go on. This cannot be undone.
            </p>
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={() => setAsking(false)} disabled={act.isPending}>
                Keep it
              </Button>
              <Button kind="danger" busy={act.isPending} onClick={() => act.mutate('delete')}>
                Delete it now
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </li>
  )
}
