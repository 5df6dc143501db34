import type { Contender, Load } from './Contender.ts'
import { median } from './median.ts'

export type Plan = { connections: number[]; durable: boolean[]; ms: number; rounds: number; jobs: number }

/** The median of one contender under one load, in jobs per second. */
export type Throughput = Pick<Contender, 'name' | 'level' | 'batch'> &
  Pick<Load, 'connections' | 'durable'> & { jobsPerSecond: number; rounds: number[] }

/** Every contender under every load, in turns: a slow minute of the machine meets all of them. */
export const measureThroughput = async (
  contenders: readonly Contender[],
  { connections, durable, ms, rounds, jobs }: Plan,
  say: (line: string) => void,
): Promise<Throughput[]> => {
  const loads = durable.flatMap((d) => connections.map((c) => ({ connections: c, durable: d, ms })))
  const figures = new Map<string, number[]>()
  for (let round = 1; round <= rounds; round += 1) {
    for (const load of loads) {
      say(
        `round ${round} of ${rounds}: ${load.connections} connections, synchronous_commit ${load.durable ? 'on' : 'off'}`,
      )
      for (const contender of contenders) {
        await contender.prepare(jobs)
        const rate = await contender.run(load)
        const key = keyOf(contender, load)
        figures.set(key, [...(figures.get(key) ?? []), rate])
      }
    }
  }
  return loads.flatMap((load) =>
    contenders.map((contender) => {
      const measured = figures.get(keyOf(contender, load)) ?? []
      const { name, level, batch } = contender
      return {
        ...{ name, level, batch, connections: load.connections, durable: load.durable },
        ...{ jobsPerSecond: median(measured), rounds: measured },
      }
    }),
  )
}

const keyOf = ({ name, level }: Contender, { connections, durable }: Load): string =>
  [name, level, connections, durable].join('/')
