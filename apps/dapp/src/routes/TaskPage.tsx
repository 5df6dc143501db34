import { useParams } from '@tanstack/react-router'
import { Page } from '../features/elements/Page.tsx'
import { TaskView } from '../features/jobs/TaskView.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'

/** One of my tasks. */
export function TaskPage() {
  const { taskId } = useParams({ from: '/jobs/$taskId' })
  const address = signedInAddress(useStore(walletStore))
  if (address !== null) return <TaskView key={`${address} ${taskId}`} taskId={taskId} address={address} />
  return (
    <Page title="Task" sentence="A task is shown to its customer only.">
      <SignInGate purpose="see this task">{() => null}</SignInGate>
    </Page>
  )
}
