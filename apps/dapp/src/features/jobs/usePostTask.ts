import { type Client, createSchedule, createTask, setScheduleEnabled } from '@oblivion/client'
import type { TaskDraft } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { findPosted, isAnswerLost, type LostAnswer, newestTask } from './lostAnswer.ts'
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
  const lost = useRef<LostAnswer | null>(null)

  async function postOnce(task: TaskDraft): Promise<void> {
    const client = walletClient(config, address)
    const found = lost.current && (await findPosted(client, lost.current))
    const { taskId, held } = found ?? (await create(client, task))
    lost.current = null
    tell(
      found
        ? 'It was posted the first time already: only the answer was lost.'
        : `Posted. ${formatMoney(held, task.asset)} are held for it.`,
    )
    void queries.invalidateQueries({ queryKey: ['tasks'] })
    for (const key of ['balance', 'cardMoney']) void queries.invalidateQueries({ queryKey: [key] })
    await navigate({ to: '/jobs/$taskId', params: { taskId } })
  }

  /** Where the answer is lost the task may be there all the same, and is looked for before it is posted again. */
  async function create(client: Client, task: TaskDraft): Promise<{ taskId: string; held: bigint }> {
    const newest = await newestTask(client)
    try {
      const { taskId, estimate } = await createTask(client, { task })
      return { taskId, held: estimate.cost }
    } catch (error) {
      if (!isAnswerLost(error)) throw error
      lost.current = { title: task.title, budget: task.budget, asset: task.asset ?? 'chain', newest }
      const found = await findPosted(client, lost.current).catch(() => null)
      if (found === null) throw error
      return found
    }
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
        if (refusal !== null) onRefused(refusal)
        else if (repeat !== null) tellError(errorSentence(error, 'Making the schedule'))
        else {
          const { title, hint } = errorSentence(error, 'Posting the task')
          tellError({ title, hint: lost.current === null ? hint : lookedFor })
        }
        posting.current = false
        setBusy(false)
      }
    },
  }
}

const lookedFor = 'The task may be posted all the same. Post it again: it is looked for first, and not posted twice.'
