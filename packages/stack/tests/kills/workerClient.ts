/**
 * A worker as a process of its own over HTTP, made to be killed. Whatever it is told goes into its log before anything
 * else is done with it, by a system call each, so that it outlives the process.
 */
import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { canonicalJson } from '@oblivion/core'

const [url = '', anonKey = '', nodeId = '', nodeKey = '', address = '', log = '', seed = '1'] = process.argv.slice(2)

type Job = { jobId: string; attempt: number; chunkIndex: number }
type Answer = { job: Job | null; retryMs: number; accepted: boolean | null }

/** Numbers from 0 to 1 that the seed repeats (mulberry32). */
let state = Number(seed)
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const note = (what: 'got' | 'accepted', job: Job): void => {
  appendFileSync(log, `${what} ${job.jobId} ${job.attempt} ${nodeId}\n`)
  process.send?.(what)
}

const headers = { apikey: anonKey, 'x-node-key': nodeKey, 'content-type': 'application/json' }
/** The answer, or undefined where none came: whether the call was committed nobody knows then. */
const request = async (method: string, path: string, body: unknown, more = {}): Promise<unknown> => {
  try {
    const options = { method, headers: { ...headers, ...more }, body: JSON.stringify(body) }
    const answer = await fetch(`${url}/rest/v1/${path}`, { ...options, signal: AbortSignal.timeout(5_000) })
    if (answer.ok) return await answer.json()
    const text = await answer.text()
    // A refusal of the engine would be a fault here; a server that is down is not.
    if (text.includes('"OB')) process.send?.(`refused ${text}`)
  } catch {
    // It was killed, or is not up again.
  }
  return undefined
}

/** Claims as a worker of an older database does: an update of the offered job, then a look at what became of it. */
const claimDirectly = async (): Promise<Job | null> => {
  const offers = (await request('POST', 'rpc/next_jobs', { p_provider_address: address })) as
    | { jobId: string }[]
    | undefined
  const jobId = offers?.[0]?.jobId
  if (jobId === undefined) return null
  const rows = (await request(
    'PATCH',
    `jobs?id=eq.${jobId}&status=eq.pending&select=id,attempt,chunk_index`,
    { status: 'processing', provider_address: address },
    { prefer: 'return=representation' },
  )) as { id: string; attempt: number; chunk_index: number }[] | undefined
  const row = rows?.[0]
  return row === undefined ? null : { jobId: row.id, attempt: row.attempt, chunkIndex: row.chunk_index }
}

const reportOf = (job: Job, chance: number) => {
  const { jobId, attempt } = job
  if (chance < 0.03) return { jobId, attempt, outcome: 'failed', error: 'A planned failure.' }
  if (chance < 0.06) return { jobId, attempt, outcome: 'released' }
  const result = { ok: job.chunkIndex }
  const resultHash = createHash('sha256').update(canonicalJson(result)).digest('hex')
  return { jobId, attempt, outcome: 'succeeded', result, resultHash }
}

let job: Job | null = null
let report: ReturnType<typeof reportOf> | null = null
for (;;) {
  // One in twenty is forgotten, as by a tab that was closed: rescue gives it back.
  if (job !== null && report === null) report = random() < 0.05 ? null : reportOf(job, random())
  const direct = random() < 0.15
  const args = { p_node_id: nodeId, p_done: report, p_claim: !direct }
  const answer = (await request('POST', 'rpc/work_cycle', args)) as Answer | undefined
  if (answer === undefined) {
    // The same report again until somebody answers, as a worker that lives does.
    await new Promise((resolve) => setTimeout(resolve, 20 + 60 * random()))
    continue
  }
  if (job !== null && report?.outcome === 'succeeded' && answer.accepted === true) note('accepted', job)
  report = null
  job = direct ? await claimDirectly() : answer.job
  if (job !== null) note('got', job)
  await new Promise((resolve) => setTimeout(resolve, job === null ? 50 : 10 * random()))
}
