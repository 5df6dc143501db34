import { pauseTask, resumeTask } from '@oblivion/client'
import type { TaskSummary } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'

/** Pause and Resume are one press each: both can be taken back. */
export function PauseTask({ task, address }: { task: TaskSummary; address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const paused = task.status === 'paused'

  async function press() {
    setBusy(true)
    try {
      const client = walletClient(config, address)
      const { status } = await (paused ? resumeTask : pauseTask)(client, { taskId: task.taskId })
      if (status === 'paused') tell('Paused. Chunks in work are still done and paid; the budget stays held.')
      else if (status === 'running') tell('Resumed. Workers get its chunks again.')
      else tell('The task had ended already.')
    } catch (error) {
      tellError(errorSentence(error, paused ? 'Resuming the task' : 'Pausing the task'))
    } finally {
      setBusy(false)
      void queries.invalidateQueries({ queryKey: ['task'] })
    }
  }
  return (
    <Button kind={paused ? 'primary' : 'plain'} busy={busy} onClick={() => void press()}>
      {paused ? 'Resume' : 'Pause'}
    </Button>
  )
}
