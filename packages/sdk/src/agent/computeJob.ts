import { type Done, OblivionError, type OfferedJob } from '@oblivion/core'
import { codeOf } from './codeOf.ts'
import type { AgentParts, NodeApi } from './createAgent.ts'
import { keepLease } from './keepLease.ts'
import { measureShare } from './measureShare.ts'
import { runProgram } from './runProgram.ts'

export interface Computed {
  /** What is to be reported; undefined where nothing is, since the job is not ours any more. */
  readonly done: Done | undefined
  /** How long the worker has to rest for its share, in milliseconds: what the program did not rest by itself. */
  readonly debt: number
}

/** What a customer's owner learns of a failed chunk: the code, and the program's own words where it has any. */
const textOf = (error: unknown): string => {
  if (!(error instanceof OblivionError)) return String(error)
  const { text } = error.values as { text?: string }
  return text === undefined ? error.code : `${error.code}: ${text}`
}

/** Faults of the program, in contrast to those of this tab or the network. */
const FAULTS = ['OB011', 'OB205', 'OB207', 'OB208', 'OB209']

/** Whoever gives a job back waits no longer for its state to be kept. */
const KEEP_MS = 2000

/**
 * Computes a job under its lease, at the worker's pace.
 *
 * @throws what is not the program's fault.
 */
export const computeJob = async (
  { registration, host, clock, random, sha256, loadProgram, pacer }: AgentParts,
  api: NodeApi,
  job: OfferedJob,
  dropped: AbortSignal,
): Promise<Computed> => {
  const { jobId, attempt } = job
  let progress = 0
  let rested = 0
  let ours = true
  /** The program's latest checkpoint that the server does not have. */
  let kept: string | null = null
  const keep = async (): Promise<void> => {
    const state = kept
    kept = null
    // Lost on the way, the next one does: a checkpoint is a courtesy to whoever goes on.
    if (state) await api.saveCheckpoint(job, state).catch(() => {})
  }
  const drop = new AbortController()
  const computed = new AbortController()
  const abandon = (): void => drop.abort()
  dropped.addEventListener('abort', abandon)
  if (dropped.aborted) abandon()
  const lease = keepLease(
    {
      leaseExpiresAt: job.leaseExpiresAt,
      heartbeatMs: registration.settings.heartbeatSeconds * 1000,
      beat: (signal) => {
        // Beside it: no beat waits for a state.
        void keep()
        return api.heartbeat(job, progress, signal)
      },
      clock,
      random,
    },
    computed.signal,
  ).then((end) => {
    if (end === 'over') return
    ours = false
    drop.abort()
  })
  // A refused key meets us at the report again, where it is dealt with.
  const settled = lease.catch(abandon)
  const from = clock.now()
  const share = measureShare(clock.now, pacer.pace, (cpu) => host.emit({ type: 'share', cpu }))
  const elapsed = (): number => Math.max(0, Math.round(clock.now() - from))
  const end = (done: Done | undefined): Computed => {
    const { cpu } = pacer.conduct()
    return { done, debt: Math.max(0, (elapsed() - rested) * (1 / cpu - 1) - rested) }
  }
  try {
    const outcome = await runProgram(
      {
        job: job.inputUrl || job.checkpoint?.url ? await api.stored(job, drop.signal) : job,
        host,
        clock,
        sha256,
        pacer,
        store: (bytes, hash) => api.store(job, bytes, hash, drop.signal),
        loadProgram: () => loadProgram(job.program, api.program),
        onPulse: (pulse) => {
          rested = pulse.rested
          kept = pulse.checkpoint ?? kept
          share.take(pulse)
          if (pulse.progress === progress) return
          progress = pulse.progress
          host.emit({ type: 'progress', progress })
        },
      },
      drop.signal,
    )
    const metrics = { elapsedMs: elapsed() }
    if (outcome !== null) return end({ jobId, attempt, outcome: 'succeeded', ...outcome, metrics })
    if (ours) await Promise.race([keep(), clock.sleep(KEEP_MS, computed.signal)])
    return end(ours ? { jobId, attempt, outcome: 'released', metrics } : undefined)
  } catch (error) {
    if (!FAULTS.includes(codeOf(error))) throw error
    const reason = codeOf(error) === 'OB209' ? ({ reason: 'sandbox_died' } as const) : {}
    return end({
      jobId,
      attempt,
      outcome: 'failed',
      error: textOf(error),
      ...reason,
      metrics: { elapsedMs: elapsed() },
    })
  } finally {
    computed.abort()
    dropped.removeEventListener('abort', abandon)
    share.end()
    await settled
  }
}
