import { type Client, claimedJob, claimJobFair, completeJob, failJob, nextJobs } from '@oblivion/client'
import {
  type Done,
  NetworkUnreachableError,
  type OblivionError,
  type OfferedJob,
  RequestRefusedError,
  type WorkCycleAnswer,
} from '@oblivion/core'

interface Address {
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly nodeKey: string
}

type Row = Readonly<Record<string, unknown>>

/** What a database without told polling is asked at (FJ-21). */
const RETRY_MS = 3000
/** The wallet of each node that was looked up. */
const wallets = new Map<string, string>()
/** What a database that says nothing of limits is taken to mean: its own ten minutes, and the engine's 64 kB. */
const LIMITS = { timeoutSeconds: 600, maxResultBytes: 65_536, maxStoredBytes: 0 }

/** The answer, or `otherwise` where the database has no such function. */
const orMissing = async <T, D>(call: Promise<T>, otherwise: () => Promise<D>): Promise<T | D> => {
  try {
    return await call
  } catch (error) {
    if ((error as OblivionError).code === 'OB107') return otherwise()
    throw error
  }
}

/**
 * `work_cycle` by the functions that an older database has (FJ-7): `complete_job`, `next_jobs`, `claim_job_fair`; and where
 * it has no `claim_job_fair` either, by an update that is guarded by the status and read back before anything is computed
 * (FJ-8). On our own schema that update passes a trigger which makes the same checks.
 */
export const olderWorkCycle = async (
  client: Client,
  { supabaseUrl, supabaseKey, nodeKey }: Address,
  nodeId: string,
  done: Done | undefined,
  claim: boolean,
): Promise<WorkCycleAnswer> => {
  const rows = async (path: string, update?: object): Promise<Row[]> => {
    const unreachable = (cause: unknown): never => {
      throw new NetworkUnreachableError({ values: { call: path }, cause })
    }
    const response = await fetch(`${supabaseUrl}/rest/v1/${path}`, {
      method: update ? 'PATCH' : 'GET',
      headers: {
        apikey: supabaseKey,
        authorization: `Bearer ${supabaseKey}`,
        'x-node-key': nodeKey,
        'content-type': 'application/json',
      },
      ...(update ? { body: JSON.stringify(update) } : {}),
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(15_000),
    }).catch(unreachable)
    if (!response.ok) throw new RequestRefusedError({ values: { call: path, status: response.status } })
    // An update answers nothing: what came of it is read back.
    return update ? [] : response.json().catch(unreachable)
  }

  const provider = async (): Promise<string> => {
    const known = wallets.get(nodeId)
    if (known !== undefined) return known
    const wallet = String((await rows(`nodes?select=provider_address&id=eq.${nodeId}`))[0]?.provider_address)
    wallets.set(nodeId, wallet)
    return wallet
  }

  const report = async (done: Done): Promise<boolean> => {
    const { jobId, attempt } = done
    const providerAddress = await provider()
    // Such a database takes nothing back: its own cleanup does.
    if (done.outcome === 'released') return true
    if (done.outcome === 'failed') return failJob(client, { jobId, providerAddress, attempt, error: done.error })
    const { outcome: _, metrics: __, ...rest } = done
    return completeJob(client, { ...rest, providerAddress })
  }

  /** Takes a job by an update that finds it pending, and believes it only once it has read it back. */
  const takeDirectly = async (jobId: string, provider_address: string): Promise<boolean> => {
    await rows(`jobs?id=eq.${jobId}&status=eq.pending`, { status: 'processing', provider_address })
    const [row] = await rows(`jobs?id=eq.${jobId}&select=status,provider_address`)
    return row?.status === 'processing' && row.provider_address === provider_address
  }

  /** A job as far as an old table tells of it: a built-in named by its type. */
  const readRow = async (jobId: string): Promise<OfferedJob | null> => {
    const [row] = await rows(`jobs?id=eq.${jobId}&select=*`)
    if (row === undefined) return null
    const type = String(row.type)
    return {
      jobId,
      attempt: Number(row.attempt ?? 1),
      taskId: String(row.task_id ?? jobId),
      title: type,
      chunkIndex: Number(row.chunk_index ?? 0),
      chunkCount: 1,
      type,
      program: { kind: 'builtin', name: type },
      input: row.input ?? null,
      leaseExpiresAt: String(row.lease_expires_at ?? ''),
      limits: LIMITS,
    }
  }

  const take = async (): Promise<OfferedJob | null> => {
    const providerAddress = await provider()
    const candidates = await orMissing(nextJobs(client, { providerAddress, limit: 1 }), async () =>
      (await rows('pending_jobs_queue?limit=5')).map((row) => ({ jobId: String(row.id) })),
    )
    for (const { jobId } of candidates) {
      const taken = await orMissing(claimJobFair(client, { jobId, providerAddress }), () =>
        takeDirectly(jobId, providerAddress),
      )
      if (taken) return orMissing(claimedJob(client, { jobId, providerAddress }), () => readRow(jobId))
    }
    return null
  }

  const accepted = done === undefined ? null : await report(done)
  const job = claim ? await take() : null
  return { job, retryMs: RETRY_MS, accepted, reason: accepted === false ? 'stale_attempt' : null }
}
