import { CopyButton } from '../elements/CopyButton.tsx'
import type { Config } from '../shell/config.ts'

/** What each figure is made of, for whoever does not believe the page. */
const sources = [
  ['Online, working, types', 'Rows of the list of workers, 200 at most: online, and current_jobs above 0.'],
  ['Waiting jobs', 'The counts of job_stats whose status is pending.'],
  ['Chunks', 'Lines that succeeded in the history of each day, which the operator gives out.'],
  ['Median wait', 'startedAt less queuedAt of those lines of the last hour that were a first attempt.'],
  ['Fairness', 'Jain’s index over the owners. Not from outside: it would show which results are whose.'],
] as const

/** Everyone may ask the database for what the figures are counted from; this says for what, and how. */
export function Recompute({ config: { supabaseUrl, anonKey } }: { config: Config }) {
  const calls = `curl -s -X POST '${supabaseUrl}/rest/v1/rpc/get_worker_stats' -H 'apikey: ${anonKey}'
curl -s '${supabaseUrl}/rest/v1/job_stats?select=type,status,count' -H 'apikey: ${anonKey}'`
  return (
    <details className="-mt-3 text-12 text-ink-3">
      <summary className="w-fit cursor-pointer rounded-mark py-1 text-link">Recompute these figures</summary>
      <div className="card mt-2 flex flex-col gap-4 px-5 py-4">
        <dl className="grid gap-x-6 gap-y-2 wide:grid-cols-[10rem_1fr]">
          {sources.map(([figure, source]) => (
            <div key={figure} className="contents">
              <dt className="text-ink">{figure}</dt>
              <dd className="-mt-2 wide:mt-0">{source}</dd>
            </div>
          ))}
        </dl>
        <div className="flex items-start gap-2">
          <pre className="min-w-0 flex-1 whitespace-pre-wrap break-all font-mono text-ink-2">{calls}</pre>
          <CopyButton text={calls} label="Copy the calls" />
        </div>
      </div>
    </details>
  )
}
