import { getJobStats } from '@oblivion/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Section } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import type { Config } from '../shell/config.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { JobsByType } from './JobsByType.tsx'
import { jobCounts } from './jobCounts.ts'
import { everyMilliseconds } from './networkQueries.ts'

function jobCountsQuery(config: Config) {
  return queryOptions({
    queryKey: ['network', 'jobs'],
    queryFn: ({ signal }) => getJobStats({ supabaseUrl: config.supabaseUrl, supabaseKey: config.anonKey }, { signal }),
    select: jobCounts,
    refetchInterval: everyMilliseconds,
  })
}

/** How many jobs there are, by program and state. `isSaid`: why nothing can be read stands above already. */
export function JobsSection({ config, isSaid }: { config: Config; isSaid: boolean }) {
  const jobs = useQuery(jobCountsQuery(config))
  const error = isSaid ? null : jobs.error
  if (!jobs.data && isSaid && jobs.error) return null
  return (
    <Section title="Jobs">
      {error && <QueryFailed error={error} tried="Counting the jobs" retry={jobs.refetch} />}
      {jobs.data ? (
        <JobsByType jobs={jobs.data} />
      ) : (
        !jobs.error && (
          <Skeleton label="Counting the jobs">
            <RowBones count={1} />
          </Skeleton>
        )
      )}
    </Section>
  )
}
