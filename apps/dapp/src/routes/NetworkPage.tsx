import { useQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { Figures } from '../features/elements/Figures.tsx'
import { Page, Section } from '../features/elements/Page.tsx'
import { Bone, FigureBones, RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { AsOf } from '../features/network/AsOf.tsx'
import { networkFigures, networkSentence } from '../features/network/networkFigures.ts'
import { networkStatsQuery, workerStatsQuery } from '../features/network/networkQueries.ts'
import { Recompute } from '../features/network/Recompute.tsx'
import { Throughput } from '../features/network/Throughput.tsx'
import { WorkersByType } from '../features/network/WorkersByType.tsx'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { lazyPart } from '../features/shell/lazyPart.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'

// Both stand below the first view, and are no part of what it loads.
const JobsSection = lazyPart(() => import('../features/network/JobsSection.tsx'), 'JobsSection')
const WorkersTable = lazyPart(() => import('../features/network/WorkersTable.tsx'), 'WorkersTable')

/** Public: who is there, what they do, how long work waits. Loads no wallet code. */
export function NetworkPage() {
  const config = useConfig()
  const stats = useQuery(networkStatsQuery(config))
  const workers = useQuery(workerStatsQuery(config))
  // Where neither can be read it is for the same reason, which is said once.
  const workersAlone = stats.error ? null : workers.error
  const readAgain = () => Promise.all([stats.refetch(), workers.refetch()])
  return (
    <Page
      title="Network"
      sentence={
        stats.data
          ? networkSentence(stats.data)
          : stats.error
            ? 'The figures cannot be read right now.'
            : 'Reading the figures of the network.'
      }
      below="Everyone may see these figures. They come from the database that gives out the work."
      action={
        stats.data && <AsOf asOf={stats.data.asOf} updatedAt={stats.dataUpdatedAt} ageSeconds={stats.data.ageSeconds} />
      }
    >
      {stats.error && <QueryFailed error={stats.error} tried="Reading the figures" retry={readAgain} />}
      {stats.data ? (
        <>
          <Figures label="Figures of the network" entries={networkFigures(stats.data)} />
          <Recompute config={config} />
          <Throughput series={stats.data.series} />
          <WorkersByType byType={stats.data.byType} />
        </>
      ) : (
        !stats.error && (
          <Skeleton label="Reading the figures">
            <div className="flex flex-col gap-6">
              <FigureBones count={5} />
              <div className="card h-72 px-5 py-5">
                <Bone className="h-3 w-64" />
              </div>
              <div className="card px-5 py-5">
                <Bone className="h-2.5 w-full" />
                <Bone className="mt-4 h-3 w-72" />
              </div>
            </div>
          </Skeleton>
        )
      )}
      <Suspense>
        <JobsSection config={config} isSaid={stats.error !== null} />
      </Suspense>
      {(workers.data || workersAlone || !workers.error) && (
        <Section title="Workers">
          {workersAlone && (
            <QueryFailed error={workersAlone} tried="Reading the list of workers" retry={workers.refetch} />
          )}
          {workers.data ? (
            <Suspense fallback={readingWorkers}>
              <WorkersTable workers={workers.data} />
            </Suspense>
          ) : (
            !workers.error && readingWorkers
          )}
        </Section>
      )}
    </Page>
  )
}

const readingWorkers = (
  <Skeleton label="Reading the list of workers">
    <RowBones count={4} />
  </Skeleton>
)
