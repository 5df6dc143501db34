import { CopyButton } from '../elements/CopyButton.tsx'
import { Section } from '../elements/Page.tsx'
import type { Config } from '../shell/config.ts'

/** What each figure is made of, and the one command that reads its source: no session, no key but the public one. */
export function Recompute({ config }: { config: Config }) {
  const ask = (path: string, body?: string) =>
    [
      `curl -s '${config.supabaseUrl}/rest/v1/${path}'`,
      `-H 'apikey: ${config.anonKey}'`,
      ...(body === undefined ? [] : [`-H 'content-type: application/json' -d '${body}'`]),
    ].join(' \\\n  ')
  const sources = [
    {
      figures: 'Online, working, workers by type',
      how: 'Count the rows that are online, those of them with a job, and those of each type. At most 200 workers are listed.',
      command: ask('rpc/get_worker_stats', '{}'),
    },
    {
      figures: 'Waiting jobs, chunks in all',
      how: 'The sums of “pending” and of “completed” over all types.',
      command: ask('job_stats?select=type,status,count'),
    },
    {
      figures: 'Chunks today, and the bars',
      how: 'The whole buckets since midnight UTC; the same figure grows by what came since.',
      command: ask('rpc/get_network_stats', '{}'),
    },
  ]
  return (
    <Section title="Recompute these figures">
      <div id="recompute" className="card scroll-mt-16 divide-y divide-line">
        {sources.map(({ figures, how, command }) => (
          <div key={figures} className="flex flex-col gap-2 px-4 py-4 wide:px-5">
            <h3 className="font-medium">{figures}</h3>
            <p className="max-w-[46rem] text-ink-2">{how}</p>
            <div className="flex items-start gap-2">
              <pre
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
                tabIndex={0}
                className="figure min-w-0 flex-1 overflow-x-auto rounded-control bg-sunken px-3 py-2 text-12"
              >
                {command}
              </pre>
              <CopyButton text={command} label={`Copy the command for: ${figures}`} />
            </div>
          </div>
        ))}
      </div>
    </Section>
  )
}
