import type { BusyFigures } from './busy.ts'
import type { FairnessFigures } from './fairness.ts'
import type { Flat } from './flatness.ts'
import type { FloodFigure } from './flood.ts'
import type { IdleFigures } from './idle.ts'
import type { Simulation } from './simulatedJob.ts'
import type { Throughput } from './throughput.ts'

/** Jobs per second, one line a contender and a column a load; below each figure's place, how often graphile-worker's SQL. */
export const throughputTable = (figures: readonly Throughput[]): string => {
  const loads = unique(figures.map(loadOf))
  const contenders = unique(figures.map(contenderOf))
  const rateOf = (contender: string, load: string) =>
    figures.find((figure) => contenderOf(figure) === contender && loadOf(figure) === load)?.jobsPerSecond ?? Number.NaN
  const baseOf = (contender: string): string => {
    const batch = figures.find((figure) => contenderOf(figure) === contender)?.batch ?? 1
    return batch === 1 ? BASE : `graphile-worker, batches of ${batch}, sql`
  }
  const cell = (contender: string, load: string): string => {
    const rate = rateOf(contender, load)
    return `${rate.toFixed(0)} (${(rate / rateOf(baseOf(contender), load)).toFixed(2)}x)`
  }
  const rows = contenders.map((contender) => [contender, ...loads.map((load) => cell(contender, load))])
  return [
    `Jobs per second of no-op jobs, median; in brackets: times ${BASE}; batches: times its own batches.`,
    'sql: statements alone, a transaction each; gateway: begin, role and headers, the call, commit; library: its default settings.',
    table([['', ...loads], ...rows]),
  ].join('\n')
}

/** A claim's median time by the queue's shape. */
export const flatnessTable = (flat: readonly Flat[]): string =>
  [
    'One claim by work_cycle, median of the call in ms; in brackets: times that in the small queue, and the aim.',
    table(
      flat.map(({ shape, aim, p50Ms, ratio }) => [
        shape,
        `${p50Ms.toFixed(3)} ms (${ratio.toFixed(2)}x)`,
        aim === 1 ? '' : `aim: at most ${aim}x`,
      ]),
    ),
  ].join('\n')

/** The fair order beside the same code without it. */
export const fairnessTable = ({ loads, tenTimesFaster, saturation }: FairnessFigures): string =>
  [
    "Scarce work over nodes of different polling speed: Jain's index of the jobs each got, and how long a job waited.",
    table([
      ['', 'Jain, fair', 'FIFO', 'aim', 'p95 wait, fair', 'FIFO', 'ratio', 'aim'],
      ...loads.map(({ load, fair, fifo }) => [
        `${load * 100} % load`,
        fair.jain.toFixed(4),
        fifo.jain.toFixed(4),
        load > 0.5 ? 'at least 0.98' : 'at least 0.99',
        `${fair.waitP95Ms.toFixed(0)} ms`,
        `${fifo.waitP95Ms.toFixed(0)} ms`,
        `${(fair.waitP95Ms / fifo.waitP95Ms).toFixed(2)}x`,
        'at most 2.5x',
      ]),
    ]),
    `A node that polls ten times faster gets ${tenTimesFaster.fair.toFixed(2)} shares, by FIFO ${tenTimesFaster.fifo.toFixed(2)} (aim: 1).`,
    `While nobody waits: ${(saturation.fair / saturation.off).toFixed(2)}x the jobs per second without fair order (aim: at least 0.95x).`,
  ].join('\n')

/** What idle nodes cost that come back when they are told to. */
export const idleTable = ({ nodes, requestsPerSecond, naivePerSecond, claimP50Ms, claimMaxMs }: IdleFigures): string =>
  [
    `${nodes} idle nodes send ${requestsPerSecond.toFixed(0)} requests a second, 1/${(naivePerSecond / requestsPerSecond).toFixed(1)} of a poll each 3 s and a beat each 15 s (aim: at most 1/20).`,
    `A new job waits for a node ${claimP50Ms.toFixed(0)} ms, median, and ${claimMaxMs.toFixed(0)} ms at most (aim: at most 1000 ms), posting included.`,
  ].join('\n')

/** A claim's time while cheap functions are called in a loop. */
export const floodTable = (figures: readonly FloodFigure[]): string =>
  [
    'One claim by work_cycle while others call one function, in ms; in brackets: times the p95 while nobody calls (aim: at most 1.2x).',
    table([
      ['', 'calls/s', 'p50', 'p95'],
      ...figures.map(({ calls, callsPerSecond, p50Ms, p95Ms, ratio }) => [
        calls,
        callsPerSecond.toFixed(0),
        p50Ms.toFixed(3),
        `${p95Ms.toFixed(3)} (${ratio.toFixed(2)}x)`,
      ]),
    ]),
  ].join('\n')

/** What nodes cost that hold simulated jobs. */
export const busyTable = (figures: BusyFigures, { durationMs, failureRate }: Simulation): string =>
  [
    `${figures.nodes} nodes with jobs of ${durationMs / 1000} s, ${(100 * failureRate).toFixed(0)} % of which fail: ${figures.jobsPerSecond.toFixed(1)} jobs a second, ${(100 * figures.failedShare).toFixed(1)} % failed.`,
    `They send ${figures.requestsPerSecond.toFixed(0)} requests a second and have a job for ${(100 * figures.busyShare).toFixed(1)} % of their time.`,
    `A report with the next claim takes ${figures.cycleP50Ms.toFixed(1)} ms, median, and ${figures.cycleP95Ms.toFixed(1)} ms at the 95th percentile.`,
  ].join('\n')

const BASE = 'graphile-worker, sql'

const contenderOf = ({ name, level }: Throughput): string => `${name}, ${level}`
const loadOf = ({ connections, durable }: Throughput): string =>
  `${connections} conn., ${durable ? 'durable' : 'not durable'}`

const unique = (values: readonly string[]): string[] => [...new Set(values)]

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
