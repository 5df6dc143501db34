import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { measureBusy } from '../bench/busy.ts'
import { endOf, readSimulation } from '../bench/simulatedJob.ts'

const run = promisify(execFile)
const script = resolve(import.meta.dirname, '../bench/queue.ts')

type Output = {
  throughput: { name: string; level: string; connections: number; durable: boolean; jobsPerSecond: number }[]
  flatness: { shape: string; p50Ms: number; ratio: number }[]
  fairness: {
    loads: { fair: { jain: number; waitP95Ms: number } }[]
    tenTimesFaster: { fair: number }
    saturation: { fair: number; off: number }
  }
  idle: { requestsPerSecond: number; claimMaxMs: number }
  busy: { jobsPerSecond: number; failedShare: number; busyShare: number }
  flood: { calls: string; callsPerSecond: number; p95Ms: number; ratio: number }[]
}

test('DJ-2, DJ-3: a simulated job takes 5 minutes and fails at a rate of 0.15 unless it is said otherwise; 0 and 1 are exact', () => {
  expect(readSimulation({})).toEqual({ durationMs: 300_000, failureRate: 0.15 })
  const said = readSimulation({ PROCESSING_DURATION_MS: '100', FAILURE_RATE: '0' })
  expect(said).toEqual({ durationMs: 100, failureRate: 0 })
  // The ends of what chance gives, and every hundredth between them.
  const chances = [0, 1 - Number.EPSILON, ...Array.from({ length: 100 }, (_, n) => n / 100)]
  const failed = (failureRate: number) =>
    chances.filter((chance) => endOf({ ...said, failureRate }, () => chance) === 'failed').length
  expect([failed(0), failed(0.15), failed(1)]).toEqual([0, 1 + 15, chances.length])
})

test('DJ-2, DJ-3: nodes hold simulated jobs for their time, and of a rate of 1 all fail', async () => {
  const plan = { nodes: 2, watchMs: 240, simulation: { durationMs: 40, failureRate: 1 } }
  const { jobsPerSecond, failedShare } = await measureBusy(inject('cluster'), plan, () => undefined)
  expect(failedShare).toBe(1)
  expect(jobsPerSecond).toBeGreaterThan(0)
  // Seven ends at most of each node's lie within six times the length of a job.
  expect(jobsPerSecond).toBeLessThan(15 / 0.24)
})

// That it runs and measures everything; how much is for the whole run, on a quiet machine.
test.runIf(process.env.BENCH)('bench:queue --quick prints every figure', async () => {
  const { stdout } = await run(process.execPath, [script, '--quick', '--json'], { timeout: 450_000 })
  const { throughput, flatness, fairness, idle, flood, busy } = JSON.parse(stdout) as Output
  const contenders = new Set(throughput.map(({ name, level }) => `${name}, ${level}`))
  expect([...contenders]).toEqual([
    'work_cycle, sql',
    'work_cycle, gateway',
    'next_jobs + claim_job_fair + complete_job, sql',
    'bare cycle, sql',
    'graphile-worker, sql',
    'graphile-worker, library',
    'pg-boss, sql',
    'pg-boss, library',
    'work_batch of 50, sql',
    'graphile-worker, batches of 50, sql',
    'graphile-worker, batches of 50, library',
  ])
  expect(throughput).toHaveLength(contenders.size)
  // In so short a run, on a machine that others use too, one may end no job.
  for (const { jobsPerSecond } of throughput) expect(jobsPerSecond).toBeGreaterThanOrEqual(0)
  for (const rate of Object.values(fairness.saturation)) expect(rate).toBeGreaterThanOrEqual(0)
  expect(flatness).toHaveLength(5)
  for (const { p50Ms, ratio } of flatness) {
    expect(p50Ms).toBeGreaterThan(0)
    expect(ratio).toBeGreaterThan(0)
  }
  const [scarce] = fairness.loads
  // In so short a run the one that polls faster may get nothing at all.
  expect(fairness.tenTimesFaster.fair).toBeGreaterThanOrEqual(0)
  for (const figure of [scarce?.fair.jain, scarce?.fair.waitP95Ms, ...Object.values(idle)])
    expect(figure).toBeGreaterThan(0)
  for (const figure of Object.values(busy)) expect(figure).toBeGreaterThanOrEqual(0)
  expect(flood).toHaveLength(10)
  // In so short a run perhaps none was answered.
  for (const { callsPerSecond, p95Ms, ratio } of flood) {
    expect(callsPerSecond).toBeGreaterThanOrEqual(0)
    expect(p95Ms).toBeGreaterThan(0)
    expect(ratio).toBeGreaterThan(0)
  }
})
