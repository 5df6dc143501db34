import type { WorkerState } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Page } from '../elements/Page.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { networkStatsQuery } from '../network/networkQueries.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { useNow } from '../shell/useNow.ts'
import { claimQuery } from './claimQuery.ts'
import { Earnings } from './Earnings.tsx'
import { LastJobs } from './LastJobs.tsx'
import { LimitsCard } from './LimitsCard.tsx'
import { timeLeft } from './timeLeft.ts'
import { useWorkerActions } from './useWorkerActions.ts'
import { isLive, jobAtHand, type WorkerView } from './workerLog.ts'
import { spokenStatus, workerSentence } from './workerSentence.ts'
import { workerStore } from './workerStore.ts'

/** The worker at work: one sentence, one bar, one button; what it earned; what it did last. */
export function WorkerPanel({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const view = useStore(workerStore)
  const actions = useWorkerActions(address)
  const stats = useQuery({ ...networkStatsQuery(config), enabled: view.state.status === 'waiting' })
  const claim = useQuery({
    ...claimQuery(config, address, view.nodeId ?? ''),
    enabled: view.state.status === 'waiting' && view.nodeId !== null,
  })
  const sentence = workerSentence(view.state, stats.data?.pendingJobs ?? null, claim.data ?? null, config.bridgeUrl)
  const live = isLive(view.state)
  return (
    <Page
      title={pageTitle(view)}
      sentence={
        <>
          {sentence.before}
          {sentence.title !== null && (
            <>
              {' '}
              <em className="font-normal text-ink-2 not-italic">{sentence.title}</em>
            </>
          )}
          {sentence.after}
        </>
      }
    >
      <section aria-label="Job at hand" className="card flex flex-col gap-4 px-5 py-5 wide:px-6">
        <JobProgress view={view} below={sentence.below} />
        <div className="flex flex-wrap items-center gap-2">
          {live ? (
            <Button kind="primary" onClick={actions.stop}>
              Stop
            </Button>
          ) : (
            <Button kind="primary" onClick={actions.start}>
              {view.state.status === 'idle' ? 'Start the worker' : 'Start again'}
            </Button>
          )}
          {view.state.status === 'working' && <Button onClick={actions.finish}>Finish this job</Button>}
          <Button kind="quiet" className="wide:ml-auto" onClick={actions.withdraw}>
            Take back consent
          </Button>
        </div>
      </section>
      <SpokenStatus state={view.state} />
      <LimitsCard />
      <Earnings address={address} />
      <LastJobs address={address} />
    </Page>
  )
}

/** Between two jobs it waits for a moment, which is not worth a word. */
const WAIT_MS = 3000

function SpokenStatus({ state }: { state: WorkerState }) {
  const words = spokenStatus(state)
  const delay = state.status === 'waiting' ? WAIT_MS : 0
  const [said, setSaid] = useState(words)
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), delay)
    return () => clearTimeout(timer)
  }, [words, delay])
  return (
    <p className="sr-only" role="status">
      {said}
    </p>
  )
}

function JobProgress({ view, below }: { view: WorkerView; below: string }) {
  // What rests gets no further, and its reader wants to know why.
  const job = view.state.status === 'paused' ? null : jobAtHand(view.state)
  const now = useNow(250, job !== null)
  if (job === null || view.jobSince === null) {
    const { meaning } = workerSentence(view.state, null)
    return (
      <p className="flex items-start gap-2.5 text-ink-2">
        <span className="mt-1.5">
          <StateMark meaning={meaning} />
        </span>
        {below}
      </p>
    )
  }
  const elapsed = Math.max(0, (now - view.jobSince) / 1000)
  const left = timeLeft(job.progress, elapsed)
  const percent = `${Math.round(job.progress * 100)} %`
  const leftWords = left === null ? 'Time left is not known yet' : `about ${formatDuration(Math.ceil(left))} left`
  return (
    <div className="flex flex-col gap-2">
      <ProgressBar share={job.progress} label="Progress of this job" reading={`${percent}, ${leftWords}`} />
      <p className="flex flex-wrap justify-between gap-x-4 text-12 text-ink-2">
        <span>
          <span className="figure text-ink">{percent}</span> of this job{job.attempt > 1 && `, attempt ${job.attempt}`}
        </span>
        <span>{leftWords}</span>
      </p>
    </div>
  )
}

function pageTitle(view: WorkerView): string {
  if (view.state.status === 'paused') return 'Paused · Worker'
  const job = jobAtHand(view.state)
  return job ? `${Math.round(job.progress * 100)} % · Worker` : 'Worker'
}
