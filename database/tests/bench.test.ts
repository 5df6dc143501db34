import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

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
  flood: { calls: string; callsPerSecond: number; p95Ms: number; ratio: number }[]
}

// That it runs and measures everything; how much is for the whole run, on a quiet machine.
test.runIf(process.env.BENCH)('bench:queue --quick prints every figure', async () => {
  const { stdout } = await run(process.execPath, [script, '--quick', '--json'], { timeout: 450_000 })
  const { throughput, flatness, fairness, idle, flood } = JSON.parse(stdout) as Output
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
  expect(flood).toHaveLength(10)
  // In so short a run perhaps none was answered.
  for (const { callsPerSecond, p95Ms, ratio } of flood) {
    expect(callsPerSecond).toBeGreaterThanOrEqual(0)
    expect(p95Ms).toBeGreaterThan(0)
    expect(ratio).toBeGreaterThan(0)
  }
})
