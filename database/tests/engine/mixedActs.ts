import type pg from 'pg'
import { done, type Engine, type Node, type WorkCycle } from './engine.ts'
import { actBy } from './race.ts'

/* What each of those in a mixed world may do, by lot. */

type Job = NonNullable<WorkCycle['job']>
/** Its connections share what it holds, so that two of them may report one job. */
export type Machine = {
  node: Node
  wallet: string
  hardwareId: string
  type: string
  raised: boolean
  key: string
  jobs: Job[]
}
/** Answers the rows; none where the call was refused by a code of the catalogue. */
export type Call = <T extends Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>
export type Act = (call: Call) => Promise<unknown>

const KINDS: Record<string, unknown>[] = [
  {},
  { maxConcurrentChunks: 1, priority: 1 },
  { maxConcurrentChunks: 2, budget: '9999' },
  { trust: { replicas: 2 } },
  { trust: { replicas: 3 }, maxConcurrentChunks: 3 },
  { assign: true },
  { type: undefined, pipeline: [{ type: 'first' }, { type: 'second' }] },
  { type: undefined, pipeline: [{ type: 'first' }, { type: 'second' }], trust: { replicas: 2 } },
]
export const taskOf = (random: () => number) => ({
  ...{ title: 'Mixed', type: 'raytrace', pricePerChunk: '1000', acknowledgeVisible: true, maxAttempts: 10 },
  inputs: Array.from({ length: 4 + Math.floor(random() * 9) }, (_, index) => ({ index })),
  ...KINDS[Math.floor(random() * KINDS.length)],
})

const endOf = (job: Job, random: () => number) => {
  const chance = random()
  const { jobId, attempt } = job
  if (chance < 0.6) return done(job, { ok: random() < 0.9 ? job.chunkIndex : -1 })
  if (chance < 0.8) return { jobId, attempt, outcome: 'released' }
  return {
    jobId,
    attempt,
    outcome: 'failed',
    error: chance < 0.9 ? 'In the same words.' : `In words of its own, ${attempt}.`,
  }
}

export const machineActs = (machine: Machine, client: pg.Client, random: () => number): Act[] => {
  const { node, jobs, raised } = machine
  const { nodeId, address } = node
  let key = ''
  const byKey =
    (act: Act): Act =>
    async (call) => {
      if (key !== machine.key) {
        key = machine.key
        await actBy(client, { 'x-node-key': key })
      }
      await act(call)
    }
  const take = (): Job | undefined => jobs.splice(Math.floor(random() * jobs.length), 1)[0]

  const cycle: Act = async (call) => {
    const job = take()
    const report = job && random() < 0.9 ? JSON.stringify(endOf(job, random)) : null
    const [row] = await call<{ answer: WorkCycle }>('select public.work_cycle($1, $2, $3) as answer', [
      ...[nodeId, report, random() < 0.8],
    ])
    if (row?.answer.job) jobs.push(row.answer.job)
  }
  const batch: Act = async (call) => {
    const reports = [take(), take(), take()].flatMap((job) => (job ? [endOf(job, random)] : []))
    const [row] = await call<{ answer: { jobs: Job[] } }>('select public.work_batch($1, $2, $3) as answer', [
      ...[nodeId, JSON.stringify(reports), Math.floor(random() * 5)],
    ])
    jobs.push(...(row?.answer.jobs ?? []))
  }
  const byHand: Act = async (call) => {
    const job = take()
    if (job === undefined) return
    const end = endOf(job, random)
    if (!('result' in end))
      await call('select public.fail_job($1, $2, $3, $4)', [job.jobId, address, 'By hand.', job.attempt])
    else
      await call('select public.complete_job($1, $2, null, $3, $4, $5, $6)', [
        ...[job.jobId, address, 'completed', job.attempt, JSON.stringify(end.result), end.resultHash],
      ])
  }
  const literally: Act = async (call) => {
    const [row] = await call<{ offers: { jobId: string }[] }>('select public.next_jobs($1, $2) as offers', [
      ...[address, 1 + Math.floor(random() * 4)],
    ])
    for (const { jobId } of row?.offers ?? []) {
      if (random() < 0.3) continue
      await (random() < 0.7
        ? call('select public.claim_job_fair($1, $2)', [jobId, address])
        : call(
            `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending'`,
            [...[jobId, address]],
          ))
    }
    jobs.push(
      ...(await call<Job>(
        `select id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex" from public.jobs
          where node_id = $1 and status = 'processing' limit 2`,
        [nodeId],
      )),
    )
  }
  const beat: Act = (call) => {
    const job = jobs[Math.floor(random() * jobs.length)]
    return call('select public.heartbeat($1, $2, $3)', [nodeId, job?.jobId ?? null, job?.attempt ?? null])
  }
  const clean: Act = (call) => call('select public.cleanup_stale_jobs()')
  const start: Act = (call) => call('select public.resume_node($1)', [nodeId])
  const often = raised ? [batch, batch, cycle] : [cycle, cycle, cycle]
  return [...often, ...often, byHand, literally, literally, beat, beat, clean, start].map(byKey)
}

export const ownerActs = (machine: Machine): Act[] => {
  const register: Act = async (call) => {
    const [row] = await call<{ answer: { nodeSecret: string } }>('select public.register_node($1, $2) as answer', [
      ...[machine.hardwareId, machine.type],
    ])
    if (row !== undefined) machine.key = row.answer.nodeSecret
  }
  return [
    register,
    register,
    (call) => call('select public.revoke_node($1)', [machine.node.nodeId]).then(() => register(call)),
  ]
}

export const coordinatorActs = ({ instanceId }: Engine): Act[] => {
  const call =
    (text: string): Act =>
    (by) =>
      by(`select oblivion.${text}`)
  const halt: Act = async (by) => {
    await call(`halt_settlement(${instanceId}, 'A test')`)(by)
    await call(`pause_halted(${instanceId})`)(by)
    await call(`resume_settlement(${instanceId})`)(by)
    await call(`pause_halted(${instanceId})`)(by)
  }
  const stop: Act = async (by) => {
    await call(`stop_program('raytrace', 'A test')`)(by)
    await call(`allow_program('raytrace')`)(by)
  }
  return [
    ...['run_rescue()', 'advance_tasks()', 'run_rescue()', 'advance_tasks()', 'send_task_digests()'].map(call),
    ...['refresh_network_stats()', 'answer_for_wrong_results()'].map(call),
    ...[`charges_due(${instanceId})`, `vouchers_due(${instanceId})`].map(call),
    ...[halt, stop],
  ]
}

/** What time and an operator do. Each locks one row at most, so that nobody waits for two of the test's own. */
export const handActs = (): Act[] => {
  const change =
    (set: string, where: string): Act =>
    (call) =>
      call(`update public.jobs set ${set} where id = (
              select id from public.jobs where ${where} order by random() limit 1 for no key update skip locked)`)
  return [
    change(`lease_expires_at = now() - interval '1 second'`, `status = 'processing'`),
    change(`offered_until = now() - interval '1 second'`, `status = 'pending' and offered_to is not null`),
    async (call) => {
      const [job] = await call<{ id: string }>(
        `select id from public.jobs where status in ('processing', 'failed') order by random() limit 1`,
      )
      // As an operator's guide has it: it waits for the row.
      await call(
        `update public.jobs set status = 'pending', provider_address = null where id = $1 and status in ('processing', 'failed')`,
        [job?.id],
      )
    },
    (call) => call(`update oblivion.rescue_pass set last_at = '-infinity'`),
    (call) => call(`update oblivion.plan_pass set last_at = '-infinity'`),
    (call) =>
      call(`update oblivion.owners set claim_budget = 1000, claims_from = '-infinity' where id = (
                      select id from oblivion.owners order by random() limit 1 for no key update skip locked)`),
  ]
}
