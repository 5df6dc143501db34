import { StateMark } from '../elements/StateMark.tsx'
import { type DemoState, useDemoState } from './useDemoState.ts'

const past = (state: DemoState | null, ...before: string[]): boolean =>
  state !== null && state.status !== 'failed' && !before.includes(state.status)

/** Each step of a page that embeds the worker, as the live page has come to it. */
const steps = (state: DemoState | null) => [
  { done: state !== null, text: 'The page loads the script', header: 'script-src' },
  { done: past(state, 'idle') || state?.code === 'OB280', text: 'The page lets the frame in', header: 'frame-src' },
  { done: past(state, 'idle') || state?.code === 'OB280', text: 'The key knows the page’s origin', header: null },
  { done: past(state, 'idle', 'consenting'), text: 'A visitor said yes in the frame', header: null },
  {
    done: past(state, 'idle', 'consenting', 'starting', 'stopped'),
    text: 'The worker is registered and asks for jobs',
    header: null,
  },
]

/** A page of another origin with the worker in it, and under it what of it works. */
export function LivePage({ demoUrl }: { demoUrl: string }) {
  const state = useDemoState(demoUrl)
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <iframe
        src={demoUrl}
        allow="battery"
        title="A page of another origin with the worker in it"
        className="h-[520px] w-full rounded-card border border-line bg-surface"
      />
      <ul aria-label="What works on the live page" className="card flex flex-col divide-y divide-line">
        {steps(state).map(({ done, text, header }) => (
          <li key={text} className="flex items-center gap-3 px-4 py-2.5">
            <StateMark meaning={done ? 'done' : 'wait'} />
            <span className="flex-1">{text}</span>
            {header && <span className="figure text-12 text-ink-3">{header}</span>}
            <span className="text-12 text-ink-3">{done ? 'works' : 'waiting'}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
