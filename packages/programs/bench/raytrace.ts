// Time per tile at the demo's settings, beside two baselines of the same run on the same core: how fast this machine's
// engine multiplies and takes roots at all, and the tile at 16 samples a pixel (time should grow as samples do). And how
// many times as much of a processor the Python port takes, for a part of the tile.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { raytraceInputs, runProgram } from '../src/index.ts'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const timed = async (work: () => unknown): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    await work()
    times.push(performance.now() - from)
  }
  return median(times)
}

/** 100 million dependent multiply-adds with a root in every tenth: the tracer's mix of operations without its branches. */
const arithmetic = (): number => {
  let x = 1
  for (let i = 0; i < 10_000_000; i++) {
    for (let k = 0; k < 9; k++) x = x * 0.999 + 0.001
    x = Math.sqrt(x)
  }
  return x
}

const tileOf = (samples: number): unknown =>
  raytraceInputs({ width: 1280, height: 720, tileWidth: 160, tileHeight: 90, samples })[36]

/** Processor time of one part of the tile, in milliseconds. */
const part = { ...(tileOf(64) as object), tileWidth: 32, tileHeight: 18 }
const partByNode = async (): Promise<number> => {
  const { user, system } = process.cpuUsage()
  for (let round = 0; round < 10; round++) await runProgram('raytrace', part)
  const since = process.cpuUsage({ user, system })
  return (since.user + since.system) / 10_000
}
const partByPython = (): number => {
  const code = `import json, sys, time
from oblivion_worker.raytrace import raytrace
part = json.loads(sys.argv[1])
began = time.process_time()
raytrace(part, lambda share: None)
print((time.process_time() - began) * 1000)`
  const cwd = fileURLToPath(new URL('../../../apps/python-worker', import.meta.url))
  const python = process.env.PYTHON_PATH ?? '/usr/bin/python3'
  return Number(execFileSync(python, ['-c', code, JSON.stringify(part)], { cwd, encoding: 'utf8' }))
}

await runProgram('raytrace', tileOf(4))
const baseline = await timed(arithmetic)
const few = await timed(() => runProgram('raytrace', tileOf(16)))
const tile = await timed(() => runProgram('raytrace', tileOf(64)))
const ratios: number[] = []
for (let round = 0; round < ROUNDS; round++) ratios.push(partByPython() / (await partByNode()))
console.log(
  JSON.stringify({
    bench: 'raytrace',
    rounds: ROUNDS,
    baselineMs: Math.round(baseline),
    tile16Ms: Math.round(few),
    tile64Ms: Math.round(tile),
    tile64PerBaseline: Number((tile / baseline).toFixed(2)),
    tile64PerTile16: Number((tile / few).toFixed(2)),
    pythonPerNode: Number(median(ratios).toFixed(1)),
  }),
)
