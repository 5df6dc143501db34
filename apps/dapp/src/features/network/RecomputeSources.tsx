import { CopyButton } from '../elements/CopyButton.tsx'
import type { Config } from '../shell/config.ts'

/** What each figure is made of, for whoever does not believe the page. */
const byAnyone = [
  [
    'Online, working, types',
    'Rows of the list of workers: online, and current_jobs above 0. It has 200 rows at most; of a larger network it is a part.',
  ],
  ['Waiting jobs', 'The counts of job_stats whose status is pending.'],
] as const
const byTheHistory = [
  ['Chunks, chart', 'Lines that succeeded, by day and by time.'],
  ['Median wait', 'startedAt less queuedAt of the lines of the last hour that were a first attempt and succeeded.'],
] as const
const byNobody = [
  ['Fairness', 'Jain’s index over the owners. To recompute it one would have to know which results are whose.'],
] as const

/** Which figures everyone may count for themselves, and how; which not, and whom to ask. */
export function RecomputeSources({ config: { supabaseUrl, anonKey } }: { config: Config }) {
  const calls = `curl -s -X POST '${supabaseUrl}/rest/v1/rpc/get_worker_stats' -H 'apikey: ${anonKey}'
curl -s '${supabaseUrl}/rest/v1/job_stats?select=type,status,count' -H 'apikey: ${anonKey}'`
  return (
    <div className="card mt-2 flex flex-col gap-4 px-5 py-4">
      <p className="text-ink-2">You can come to these yourself, now and without an account:</p>
      <Sources rows={byAnyone} />
      <div className="flex items-start gap-2">
        <pre className="min-w-0 flex-1 whitespace-pre-wrap break-all font-mono text-ink-2">{calls}</pre>
        <CopyButton text={calls} label="Copy the calls" />
      </div>
      <p className="text-ink-2">
        These you cannot: they are counted from the history of each day, which holds customers’ results and is not
        public. Whoever runs this network has it, a file a day; ask them for the days that you doubt.
      </p>
      <Sources rows={byTheHistory} />
      <p className="text-ink-2">And this one nobody can from outside:</p>
      <Sources rows={byNobody} />
    </div>
  )
}

function Sources({ rows }: { rows: readonly (readonly [figure: string, source: string])[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-2 wide:grid-cols-[10rem_1fr]">
      {rows.map(([figure, source]) => (
        <div key={figure} className="contents">
          <dt className="text-ink">{figure}</dt>
          <dd className="-mt-2 wide:mt-0">{source}</dd>
        </div>
      ))}
    </dl>
  )
}
