import type { WorkCycle } from './engine.ts'

type Job = NonNullable<WorkCycle['job']>

/** What one client was told: this attempt of this job is yours. */
export type Lease = {
  jobId: string
  attempt: number
  taskId: string
  chunkIndex: number
  /** The node's place in the world's list. */
  node: number
  /** As far as its client can know: told, not reported, and nobody took it away. */
  standing: boolean
  /** The server said that its success counts. */
  accepted: boolean
  /** A receipt was looked for since. */
  noted?: boolean
}

/** A report that the server took. */
export type TakenReport = { lease: Lease; outcome: string; superseded: boolean }

/**
 * What the outside saw of a history: every lease that a client was ever told of, every report that was taken. It knows
 * nothing of the database, so what it finds wrong was wrong for somebody.
 */
export const createHistory = () => {
  const leases = new Map<string, Lease>()
  const latest = new Map<string, number>()
  /** Leases given while another client's lease of the same job stood. */
  const doubled: [Lease, Lease][] = []
  /** Attempt numbers told to two nodes. */
  const repeated: [Lease, number][] = []
  const taken: TakenReport[] = []
  /** Calls that ended neither in an answer nor in a refusal of the catalogue. */
  const broken: string[] = []
  /** Jobs that an operator reset by hand, and how often. */
  const resets = new Map<string, number>()
  const of = (matches: (lease: Lease) => boolean) => [...leases.values()].filter(matches)

  return {
    ...{ leases, doubled, repeated, taken, broken, resets, of },
    /** An answer gave this job to this node; the same attempt told again is the same lease. */
    take: (node: number, job: Pick<Job, 'jobId' | 'attempt' | 'taskId' | 'chunkIndex'>): Lease => {
      const key = `${job.jobId}:${job.attempt}`
      const known = leases.get(key)
      if (known !== undefined) {
        if (known.node !== node) repeated.push([known, node])
        return known
      }
      const { jobId, attempt, taskId, chunkIndex } = job
      const lease = { jobId, attempt, taskId, chunkIndex, node, standing: true, accepted: false }
      for (const other of of((l) => l.jobId === jobId && l.standing)) doubled.push([other, lease])
      leases.set(key, lease)
      latest.set(jobId, Math.max(attempt, latest.get(jobId) ?? 0))
      return lease
    },
    /** Whether a later attempt of the lease's job is known to anybody. */
    isSuperseded: (lease: Lease): boolean => (latest.get(lease.jobId) ?? 0) > lease.attempt,
    /** Somebody takes leases away from their clients: told before it is done. */
    end: (matches: (lease: Lease) => boolean) => {
      for (const lease of of(matches)) lease.standing = false
    },
    reset: (jobId: string) => {
      resets.set(jobId, (resets.get(jobId) ?? 0) + 1)
      for (const lease of of((l) => l.jobId === jobId)) lease.standing = false
    },
  }
}

export type History = ReturnType<typeof createHistory>
