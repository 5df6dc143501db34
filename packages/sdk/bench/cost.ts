// What a busy worker costs the page that holds it, beside the same page without it in the same run; whether it computes as
// fast as a plain worker, keeps its share of the processor, and is gone when it is told to. SECONDS is the length of each
// of the three looks at a page (60: some 5 minutes in all; 10: a minute and a half). Wants a machine that does nothing else.
import createWabt from 'wabt'
import { driveChromium, type Tab } from '../tests/harness/driveChromium.ts'
import { processSeconds } from '../tests/harness/processTime.ts'
import { startQueue } from '../tests/harness/startQueue.ts'
import { startSites } from '../tests/harness/startSites.ts'
import { busiestThread, threadSeconds } from '../tests/harness/threadTime.ts'

const SECONDS = Number(process.env.SECONDS ?? 60)
const short = SECONDS < 30
const ROUNDS = short ? 3 : 5
const KILLS = short ? 20 : 100

const loop =
  'let x = 0; for (let i = 0; i < rounds; i++) { for (let k = 0; k < 100_000; k++) x = (x * 1103515245 + 12345) % 2147483648; await progress(0) } return x'
const programs = { busy: `export default async ({ rounds }, { progress }) => { ${loop} }` }
/** The same generator over whole numbers; about as long as the other. */
const wat = (steps: number): string => `(module
  (memory (export "memory") 1 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 8))
  (func (export "run") (param i32) (param i32) (result i64)
    (local $x i64) (local $i i32)
    (loop $more
      (local.set $x (i64.rem_u (i64.add (i64.mul (local.get $x) (i64.const 1103515245)) (i64.const 12345)) (i64.const 2147483647)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const ${steps}))))
    (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $x) (i64.const 10)))))
    (i64.const 1)))`
const module = (await createWabt()).parseWat('steps.wat', wat(short ? 200_000_000 : 450_000_000))
const wasm = Buffer.from(module.toBinary({}).buffer)

const say = (line: string): void => console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${line}`)
const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
/** Ends a part that does not end by itself. */
const within = async <T>(seconds: number, what: string, part: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)), seconds * 1000)
  })
  return Promise.race([part, late]).finally(() => clearTimeout(timer))
}

const queue = await startQueue()
const sites = await startSites(queue.url, 'anon', programs, { watchesPage: true })
const chromium = await driveChromium()

// Whoever ends the bench ends its browser.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void chromium.close().finally(() => process.exit(1)))
}

const openTab = async (cpu: number): Promise<Tab> => {
  const tab = await chromium.openTab(sites.pageUrl)
  const limits = { cpu, when: [], strangersPrograms: true }
  const options = { supabaseUrl: queue.url, supabaseKey: 'anon', bridgeUrl: sites.bridgeUrl, limits }
  await tab.evaluate(
    `void (window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => 't' }))`,
  )
  return tab
}
const startWork = async (tab: Tab): Promise<void> => {
  queue.push({ program: 'busy', input: { rounds: 1e9 }, timeoutSeconds: 3600 })
  await tab.evaluate('worker.start()')
  await tab.until(`worker.state.status === 'working'`)
}

interface Seen {
  readonly longTasks: number
  readonly frames: number
  readonly slowFrames: number
  readonly lateP50: number
  readonly lateP99: number
  readonly lateMost: number
}
/** Long tasks, frames over 34 ms and how late a timer of 100 ms is, over some seconds. */
const watch = (tab: Tab): Promise<Seen> =>
  tab.evaluate<Seen>(`new Promise((resolve) => {
    let longTasks = 0, slowFrames = 0, frames = 0, over = false
    const late = []
    const observer = new PerformanceObserver((list) => { longTasks += list.getEntries().length })
    observer.observe({ type: 'longtask' })
    let last = null
    const frame = (now) => {
      if (over) return
      if (last !== null) { frames++; if (now - last > 34) slowFrames++ }
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    let ticked = performance.now()
    const timer = setInterval(() => { const now = performance.now(); late.push(Math.max(0, now - ticked - 100)); ticked = now }, 100)
    setTimeout(() => {
      over = true
      clearInterval(timer)
      observer.disconnect()
      late.sort((a, b) => a - b)
      const at = (share) => Math.round(late[Math.floor((late.length - 1) * share)] * 10) / 10
      resolve({ longTasks, frames, slowFrames, lateP50: at(0.5), lateP99: at(0.99), lateMost: at(1) })
    }, ${SECONDS * 1000})
  })`)

/** How much later than the one before a beat of the agent came than it should; the test's server asks for one a second. */
const beatLateness = (from: number): number => {
  const beats = queue.calls.filter(({ name, at }) => name === 'heartbeat' && at >= from).map(({ at }) => at)
  return Math.max(0, ...beats.slice(1).map((at, index) => at - (beats[index] ?? at) - 1000))
}

/** A look at a page; `cpu` null is the page without a worker. */
const look = async (what: string, cpu: number | null) => {
  const tab = await (cpu === null ? chromium.openTab(sites.pageUrl) : openTab(cpu))
  if (cpu !== null) await startWork(tab)
  await pause(2)
  const [before, at, since] = [processSeconds(chromium.pid), performance.now(), Date.now()]
  const seen = await watch(tab)
  const share = (processSeconds(chromium.pid) - before) / ((performance.now() - at) / 1000)
  const beatLate = cpu === null ? null : beatLateness(since)
  if (cpu !== null) await tab.evaluate('worker.stop()')
  await tab.close()
  const told = { ...seen, cores: round(share, 3), beatLate }
  say(`${what}: ${JSON.stringify(told)}`)
  return told
}

/** The same work in a job and in a plain worker of the same page, in turns: CPU time of the whole browser for each. */
const compare = async (kind: 'js' | 'wasm') => {
  const tab = await openTab(1)
  await tab.evaluate('worker.start()')
  const rounds = short ? 400 : 900
  const plain =
    kind === 'js'
      ? `const run = async () => { const progress = () => {}; await (async () => { ${loop} })() }`
      : `const bytes = Uint8Array.from(atob('${wasm.toString('base64')}'), (c) => c.charCodeAt(0))
         const run = async () => { const { instance } = await WebAssembly.instantiate(bytes); instance.exports.run(0, 0) }`
  const source = `const rounds = ${rounds}; ${plain}; onmessage = async () => { await run(); postMessage(0) }`
  const timed = async (work: () => Promise<unknown>) => {
    const [cpu, at] = [processSeconds(chromium.pid), performance.now()]
    await work()
    return { cpu: processSeconds(chromium.pid) - cpu, wall: (performance.now() - at) / 1000 }
  }
  const runs: Record<'sandbox' | 'plain', { cpu: number; wall: number }[]> = { sandbox: [], plain: [] }
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const sandbox = await timed(() => {
      const before = queue.reports.length
      queue.push(
        kind === 'js'
          ? { program: 'busy', input: { rounds } }
          : { program: { kind, source: wasm, maxMemoryMiB: 1 }, input: 0 },
      )
      return queue.until(() => queue.reports[before])
    })
    const other = await timed(() =>
      tab.evaluate(`new Promise((resolve) => {
        const thread = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(source)}])))
        thread.onmessage = () => { thread.terminate(); resolve() }
        thread.postMessage(0)
      })`),
    )
    // The first of each loads and compiles.
    if (turn === 0) continue
    runs.sandbox.push(sandbox)
    runs.plain.push(other)
  }
  if (queue.reports.some(({ outcome }) => outcome === 'failed')) throw new Error('a job failed')
  await tab.evaluate('worker.stop()')
  await tab.close()
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
  const [sandbox, other] = [runs.sandbox, runs.plain].map((list) => median(list.map(({ cpu }) => cpu)))
  const ratio = round((sandbox ?? Number.NaN) / (other ?? Number.NaN), 3)
  const wall = round(median(runs.sandbox.map((run) => run.wall)) / median(runs.plain.map((run) => run.wall)), 3)
  say(
    `${kind}: CPU ${round(sandbox ?? 0, 2)} s in the sandbox, ${round(other ?? 0, 2)} s plain, ratio ${ratio}; wall ${wall}`,
  )
  return ratio
}

/** From stop() in the page until the busy thread has left the processor for good, in milliseconds. */
const kills = async (): Promise<number[]> => {
  const tab = await openTab(1)
  const took: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await startWork(tab)
    const thread = await busiestThread(chromium.pid, 150)
    const from = performance.now()
    const stopped = tab.evaluate('worker.stop()')
    // A thread that is gone has no file; one that merely rests would go on within this time.
    let [left, seconds] = [performance.now(), threadSeconds(thread)]
    while (seconds !== null && performance.now() - left < 300) {
      await pause(0.004)
      const now = threadSeconds(thread)
      if (now !== seconds) left = performance.now()
      seconds = now
    }
    took.push(left - from)
    await stopped
    if ((kill + 1) % 20 === 0) say(`${kill + 1} kills`)
  }
  await tab.close()
  return took.sort((a, b) => a - b)
}

try {
  const without = await within(SECONDS + 30, 'the page alone', look('without a worker', null))
  const busy = await within(SECONDS + 60, 'the page with a worker', look('with one core busy', 1))
  const capped = await within(SECONDS + 60, 'the capped worker', look('capped at 30 %', 0.3))
  const js = await within(120, 'the comparison in JS', compare('js'))
  const compiled = await within(120, 'the comparison in WebAssembly', compare('wasm'))
  const killed = await within(KILLS * 3 + 30, 'the kills', kills())
  const p99 = round(killed[Math.ceil(killed.length * 0.99) - 1] ?? Number.NaN)
  // Of what a job without a cap got in the same run: on a machine with other work that is less than a core.
  const share = round((100 * (capped.cores - without.cores)) / (busy.cores - without.cores))
  const rows: [what: string, aim: string, seen: string, met: boolean][] = [
    [
      'long tasks',
      'no more than without',
      `${busy.longTasks} : ${without.longTasks}`,
      busy.longTasks <= without.longTasks,
    ],
    [
      'frames over 34 ms',
      'no more than without',
      `${busy.slowFrames} of ${busy.frames} : ${without.slowFrames} of ${without.frames}`,
      busy.slowFrames <= without.slowFrames,
    ],
    [
      'page timer late, p99 ms',
      'at most 50 more',
      `${busy.lateP99} : ${without.lateP99}`,
      busy.lateP99 - without.lateP99 <= 50,
    ],
    [
      'beat of the agent late, most ms',
      'at most 50 more than the page’s timer',
      `${busy.beatLate} : ${without.lateMost}`,
      (busy.beatLate ?? 0) - without.lateMost <= 50,
    ],
    ['CPU ratio to a plain worker, JS', 'at most 1.05', `${js}`, js <= 1.05],
    ['CPU ratio to a plain worker, WebAssembly', 'at most 1.05', `${compiled}`, compiled <= 1.05],
    [
      'share of a core, capped at 30 %',
      '25 to 35',
      `${share} (${round((capped.cores - without.cores) * 100)} of a core; without a cap ${round((busy.cores - without.cores) * 100)})`,
      Math.abs(share - 30) <= 5,
    ],
    [
      `thread gone after stop(), ms, p99 of ${KILLS}`,
      'at most 150',
      `${p99} (median ${round(killed[killed.length >> 1] ?? 0)}, most ${round(killed.at(-1) ?? 0)})`,
      p99 <= 150,
    ],
  ]
  console.log(`\n| What, with a worker : without | Aim | Seen in ${SECONDS} s | |\n|---|---|---|---|`)
  for (const [what, aim, seen, met] of rows) console.log(`| ${what} | ${aim} | ${seen} | ${met ? 'met' : 'missed'} |`)
  if (rows.some(([, , , met]) => !met)) process.exitCode = 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await chromium.close()
  await sites.close()
  await queue.close()
}
