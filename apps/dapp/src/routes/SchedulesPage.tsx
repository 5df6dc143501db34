import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../features/elements/Button.tsx'
import { Empty } from '../features/elements/Empty.tsx'
import { Page } from '../features/elements/Page.tsx'
import { RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { ScheduleList } from '../features/jobs/ScheduleList.tsx'
import { schedulesSentence } from '../features/jobs/scheduleWords.ts'
import { schedulesQuery } from '../features/jobs/taskQueries.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'

const standing = 'Have something computed again and again.'

/** My schedules. */
export function SchedulesPage() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const schedules = useQuery({ ...schedulesQuery(config, address ?? ''), enabled: address !== null })
  const make = (
    <Link to="/jobs/new" className={buttonClass('primary')}>
      New task
    </Link>
  )
  return (
    <Page
      title="Schedules"
      sentence={address !== null && schedules.data ? schedulesSentence(schedules.data) : standing}
      below={
        <>
          A schedule posts the same task by the clock.{' '}
          <Link to="/jobs" className="text-link underline underline-offset-2">
            All tasks
          </Link>
        </>
      }
      action={schedules.data && schedules.data.length > 0 && make}
    >
      <SignInGate purpose="see your schedules">
        {(signedIn) => {
          if (schedules.error && !schedules.data) {
            return <QueryFailed error={schedules.error} tried="Reading your schedules" retry={schedules.refetch} />
          }
          if (!schedules.data) {
            return (
              <Skeleton label="Reading your schedules">
                <RowBones count={2} />
              </Skeleton>
            )
          }
          if (schedules.data.length === 0) {
            return (
              <Empty title="Your schedules will stand here." action={make}>
                Describe a task as usual and choose when it is posted: every so many minutes, or at set times. Each run
                holds its budget when it begins.
              </Empty>
            )
          }
          return (
            <>
              {schedules.error && (
                <QueryFailed error={schedules.error} tried="Reading your schedules anew" retry={schedules.refetch} />
              )}
              <ScheduleList schedules={schedules.data} address={signedIn} />
            </>
          )
        }}
      </SignInGate>
    </Page>
  )
}
