/**
 * `pnpm bench:queue [--quick] [--json] [--only throughput|flatness|fairness|idle|flood|busy] [--contenders <pattern>] [--rounds 3]`: our queue beside graphile-worker and pg-boss on one
 * cluster in one run, how flat a claim's time stays, how evenly scarce work is spread, and what idle nodes cost, what a flood of cheap calls costs a claim, and, where it is asked for (`--only busy [--nodes 1000]`), what nodes cost that hold jobs for `PROCESSING_DURATION_MS`. All ratios are of medians over rounds in which the contenders take turns.
 */
import { parseArgs } from 'node:util'
import { createDatabase, startCluster } from '@oblivion/stack/testing'
import { openBareCycle } from './bareCycle.ts'
import { type BusyPlan, measureBusy } from './busy.ts'
import { type FairnessPlan, measureFairness } from './fairness.ts'
import { measureFlatness, type Sizes } from './flatness.ts'
import { type FloodPlan, measureFlood } from './flood.ts'
import { openGraphileWorker } from './graphileWorker.ts'
import { type IdlePlan, measureIdle } from './idle.ts'
import { openOurDatabase } from './ourDatabase.ts'
import { literalPath, workBatch, workCycleAsTheGateway, workCycleAtSqlLevel } from './ourQueue.ts'
import { openPgBoss } from './pgBoss.ts'
import { busyTable, fairnessTable, flatnessTable, floodTable, idleTable, throughputTable } from './report.ts'
import { readSimulation } from './simulatedJob.ts'
import { measureThroughput, type Plan, type Throughput } from './throughput.ts'

const { values } = parseArgs({
  options: {
    ...{ quick: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } },
    ...{ contenders: { type: 'string', default: '' }, rounds: { type: 'string', default: '3' } },
    nodes: { type: 'string', default: '1000' },
  },
})
const quick = values.quick === true

/** Quick: that everything runs; its figures mean nothing. */
const plan: Plan = quick
  ? { connections: [2], durable: [true], ms: 60, rounds: 1, jobs: 1_500 }
  : { connections: [1, 8, 32], durable: [false, true], ms: 1_000, rounds: Number(values.rounds), jobs: 20_000 }
const sizes: Sizes = quick
  ? { few: 50, many: 500, notDue: 200, excluded: 100, samples: 5, rounds: 1 }
  : { few: 1_000, many: 1_000_000, notDue: 100_000, excluded: 10_000, samples: 60, rounds: 7 }

const fairnessPlan: FairnessPlan = quick
  ? {
      ...{ nodes: 6, delayMs: [10, 50], serviceMs: 50, jobsPerNode: 2, loads: [0.5] },
      saturation: { connections: 2, ms: 60, rounds: 1, jobs: 600 },
    }
  : {
      ...{ nodes: 50, delayMs: [50, 1_000], serviceMs: 500, jobsPerNode: 16, loads: [0.3, 0.7] },
      saturation: { connections: 8, ms: 500, rounds: 11, jobs: 10_000 },
    }

const idlePlan: IdlePlan = quick
  ? { nodes: 20, arriveMs: 100, settleMs: 0, watchMs: 3_500, jobs: 1 }
  : { nodes: 10_000, arriveMs: 30_000, settleMs: 65_000, watchMs: 60_000, jobs: 20 }

const floodPlan: FloodPlan = quick
  ? { callsPerSecond: 50, claims: 5, pauseMs: 1, rounds: 1, jobs: 50 }
  : { callsPerSecond: 1_000, claims: 400, pauseMs: 5, rounds: 5, jobs: 1_000 }

const simulation = readSimulation(process.env)
const busyPlan: BusyPlan = quick
  ? { nodes: 5, watchMs: 600, simulation: { ...simulation, durationMs: 100 } }
  : { nodes: Number(values.nodes), watchMs: Math.max(60_000, 2 * simulation.durationMs), simulation }

const say = (line: string): void => {
  console.error(line)
}

/** Its log is synced: what a durable commit costs is part of what is measured. Quick measures nothing. */
const cluster = await startCluster({ durable: !quick })

const BATCH = 50

const runThroughput = async (): Promise<Throughput[]> => {
  const ours = await openOurDatabase(cluster, Math.max(...plan.connections))
  const forGraphileWorker = await createDatabase(cluster, { template: 'bootstrap' })
  const forPgBoss = await createDatabase(cluster, { template: 'bootstrap' })
  const graphileWorker = await openGraphileWorker(forGraphileWorker.superuserUrl, BATCH)
  const pgBoss = await openPgBoss(forPgBoss.superuserUrl)
  const bare = await openBareCycle(cluster, Math.max(...plan.connections))
  const contenders = [
    ...[workCycleAtSqlLevel(ours), workCycleAsTheGateway(ours), literalPath(ours), bare.contender],
    ...[graphileWorker.sql, graphileWorker.library, pgBoss.sql, pgBoss.library],
    ...[workBatch(ours, BATCH), graphileWorker.batchSql, graphileWorker.batchLibrary],
  ].filter(({ name, level }) => new RegExp(values.contenders).test(`${name}, ${level}`))
  const figures = await measureThroughput(contenders, plan, say)
  await Promise.all([graphileWorker.stop(), pgBoss.stop()])
  for (const { drop } of [ours.database, bare, forGraphileWorker, forPgBoss]) await drop()
  return figures
}

const wanted = (part: string): boolean => values.only === undefined || values.only === part

try {
  const throughput = wanted('throughput') ? await runThroughput() : []
  const flatness = wanted('flatness') ? await measureFlatness(cluster, sizes, say) : []
  const fairness = wanted('fairness') ? await measureFairness(cluster, fairnessPlan, say) : null
  const idle = wanted('idle') ? await measureIdle(cluster, idlePlan, say) : null
  const flood = wanted('flood') ? await measureFlood(cluster, floodPlan, say) : []
  // Minutes by default, and a question of its own: how many nodes at work one database carries.
  const busy = quick || values.only === 'busy' ? await measureBusy(cluster, busyPlan, say) : null
  if (values.json === true) {
    console.log(
      JSON.stringify({
        bench: 'queue',
        quick,
        plan,
        throughput,
        sizes,
        flatness,
        fairnessPlan,
        fairness,
        idle,
        floodPlan,
        flood,
        busyPlan,
        busy,
      }),
    )
  } else {
    if (throughput.length > 0) console.log(`${throughputTable(throughput)}\n`)
    if (flatness.length > 0) console.log(`${flatnessTable(flatness)}\n`)
    if (fairness !== null) console.log(`${fairnessTable(fairness)}\n`)
    if (idle !== null) console.log(`${idleTable(idle)}\n`)
    if (flood.length > 0) console.log(`${floodTable(flood)}\n`)
    if (busy !== null) console.log(busyTable(busy, simulation))
  }
} finally {
  await cluster.stop()
}
