import { createSchedule, createTask, setScheduleEnabled } from '@oblivion/client'
import type { TaskDraft } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import type { Repeat } from './orderTerms.ts'
import { type Refusal, refusalOf } from './refusal.ts'

/**
 * Posts the task once, or begins its schedule, however often the button is pressed, and goes to its page.
 *
 * @param onRefused told of what the server would not take, where that is a field
 */
export function usePostTask(address: `0x${string}`, onRefused: (refusal: Refusal) => void) {
  const config = useConfig()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  // Whoever waited for a file before posting still has the `busy` of then.
  const posting = useRef(false)

  async function postOnce(task: TaskDraft): Promise<void> {
    const { taskId, estimate } = await createTask(walletClient(config, address), { task })
    tell(`Posted. ${formatMoney(estimate.cost, task.asset)} are held for it.`)
    void queries.invalidateQueries({ queryKey: ['tasks'] })
    for (const key of ['balance', 'cardMoney']) void queries.invalidateQueries({ queryKey: [key] })
    await navigate({ to: '/jobs/$taskId', params: { taskId } })
  }

  async function schedule(task: TaskDraft, repeat: Repeat): Promise<void> {
    const client = walletClient(config, address)
    const { scheduleId } = await createSchedule(client, {
      schedule: { name: task.title, task, ...repeat, skipWhileRunning: true },
    })
    // It is there from here on, and off until this succeeds: its page shows which.
    await setScheduleEnabled(client, { scheduleId, enabled: true }).then(
      () => tell('The schedule is on. Each run holds its budget then.'),
      (error: unknown) => tellError(errorSentence(error, 'Turning the schedule on')),
    )
    void queries.invalidateQueries({ queryKey: ['schedules'] })
    await navigate({ to: '/jobs/schedules' })
  }

  return {
    busy,
    /** @param repeat null posts it now, once */
    async post(task: TaskDraft, repeat: Repeat | null): Promise<void> {
      if (posting.current) return
      posting.current = true
      setBusy(true)
      try {
        await (repeat === null ? postOnce(task) : schedule(task, repeat))
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal === null)
          tellError(errorSentence(error, repeat === null ? 'Posting the task' : 'Making the schedule'))
        else onRefused(refusal)
        posting.current = false
        setBusy(false)
      }
    },
  }
}
