import { cancelTask } from '@oblivion/client'
import type { TaskSummary } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'

/** Cancelling cannot be undone, so it is asked twice. */
export function CancelTask({ task, address }: { task: TaskSummary; address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)

  async function cancel() {
    setBusy(true)
    try {
      const { refunded } = await cancelTask(walletClient(config, address), { taskId: task.taskId })
      tell(`Cancelled. ${formatMoney(refunded, task.asset)} went back to your free balance.`)
      setAsking(false)
    } catch (error) {
      tellError(errorSentence(error, 'Cancelling the task'))
    } finally {
      setBusy(false)
      void queries.invalidateQueries({ queryKey: ['task'] })
      void queries.invalidateQueries({ queryKey: ['balance'] })
    }
  }
  return (
    <>
      <Button kind="plain" onClick={() => setAsking(true)}>
        Cancel task
      </Button>
      {asking && (
        <Dialog title="Cancel this task?" onClose={() => setAsking(false)} keep={busy}>
          <div className="flex flex-col gap-4 p-5">
            <p className="text-ink-2">
              Accepted chunks stay yours and stay paid. Chunks in work are told to stop, and cost nothing unless they
              finish first. About {formatMoney(task.held, task.asset)} go back to your free balance. This cannot be
              undone.
            </p>
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={() => setAsking(false)} disabled={busy}>
                Keep it running
              </Button>
              <Button kind="danger" busy={busy} onClick={() => void cancel()}>
                Cancel it now
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}
