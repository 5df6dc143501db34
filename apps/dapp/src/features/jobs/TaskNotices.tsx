import type { TaskView } from '@oblivion/core'
import { Notice } from '../elements/Notice.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'

/** What a customer should know of a task beside its chunks: why it paused itself, or that it is still being planned. */
export function TaskNotices({ task }: { task: TaskView }) {
  const { chunkCount, plannedCount } = task
  const planning = task.finishedAt === null && plannedCount < chunkCount
  return (
    <>
      {task.pausedReason === 'non_deterministic' && (
        <Notice meaning="wait" title="This task paused itself, because its replicas disagree.">
          Established workers got different results for the same chunk too often, so the program seems to depend on the
          machine. Every replica is paid. Cancel the task and make the program deterministic, or resume it as it is.
        </Notice>
      )}
      {task.pausedReason === 'halted' && (
        <Notice meaning="wait" title="This task is paused, because settlement is halted.">
          Nobody can be paid for more of it now. Its budget stays held, chunks in work are still done and paid, and it
          goes on by itself once settlement does. Why it is halted stands on the Wallet page.
        </Notice>
      )}
      {planning && (
        <div className="card flex flex-col gap-2 px-5 py-4">
          <ProgressBar
            share={plannedCount / chunkCount}
            label="Planning of this task"
            reading={`${plannedCount} of ${chunkCount} chunks planned`}
          />
          <p className="text-12 text-ink-2">
            <span className="figure text-ink">{plannedCount.toLocaleString('en-US')}</span> of{' '}
            <span className="figure">{chunkCount.toLocaleString('en-US')}</span> chunks are planned. Workers have begun;
            the rest follows by itself, some 10,000 a second. The budget is held for all of them.
          </p>
        </div>
      )}
    </>
  )
}
