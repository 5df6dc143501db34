import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../features/elements/Button.tsx'
import { Empty } from '../features/elements/Empty.tsx'
import { Page } from '../features/elements/Page.tsx'
import { RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { TaskTable } from '../features/jobs/TaskTable.tsx'
import { tasksQuery } from '../features/jobs/taskQueries.ts'
import { tasksSentence } from '../features/jobs/taskSentence.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'

/** My tasks. */
export function JobsPage() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const tasks = useQuery({ ...tasksQuery(config, address ?? ''), enabled: address !== null })
  return (
    <Page
      title="Jobs"
      sentence={address !== null && tasks.data ? tasksSentence(tasks.data) : 'Have something computed.'}
      below={
        <>
          A task is cut into chunks. Workers compute them, and you pay for each result that is accepted.{' '}
          {address !== null && (
            <Link to="/jobs/schedules" className="text-link underline underline-offset-2">
              Schedules
            </Link>
          )}
        </>
      }
      action={
        tasks.data &&
        tasks.data.length > 0 && (
          <Link to="/jobs/new" className={buttonClass('primary')}>
            New task
          </Link>
        )
      }
    >
      <SignInGate purpose="post tasks and see yours">
        {() => {
          if (tasks.error && !tasks.data) {
            return <QueryFailed error={tasks.error} tried="Reading your tasks" retry={tasks.refetch} />
          }
          if (!tasks.data) {
            return (
              <Skeleton label="Reading your tasks">
                <RowBones count={3} />
              </Skeleton>
            )
          }
          if (tasks.data.length === 0) {
            return (
              <Empty
                title="Your tasks will stand here."
                action={
                  <Link to="/jobs/new" className={buttonClass('primary')}>
                    New task
                  </Link>
                }
              >
                The first one can be a picture: a path-traced room, rendered tile by tile by whoever is online, while
                you watch it fill in.
              </Empty>
            )
          }
          return (
            <>
              {tasks.error && <QueryFailed error={tasks.error} tried="Reading your tasks anew" retry={tasks.refetch} />}
              <TaskTable tasks={tasks.data} />
            </>
          )
        }}
      </SignInGate>
    </Page>
  )
}
