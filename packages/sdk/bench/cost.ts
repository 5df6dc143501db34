// What a busy worker costs the page that holds it, beside the same page without it in the same run, and whether it keeps
// its share of the processor. SECONDS=60 by default for each part.
import { driveChromium, type Tab } from '../tests/harness/driveChromium.ts'
import { processSeconds } from '../tests/harness/processTime.ts'
import { startQueue } from '../tests/harness/startQueue.ts'
import { startSites } from '../tests/harness/startSites.ts'

const SECONDS = Number(process.env.SECONDS ?? 60)

const loop = `let x = 0
  for (let i = 0; i < rounds; i++) { for (let k = 0; k < 100_000; k++) x = (x * 1103515245 + 12345) % 2147483648; await progress(0) }
  return x`
const programs = { busy: `export default async ({ rounds }, { progress }) => { ${loop} }` }

const queue = await startQueue()
const sites = await startSites(queue.url, 'anon', programs)
const chromium = await driveChromium()
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Long tasks, frames over 34 ms and the lateness of a timer of 100 ms, over some seconds. */
const watch = (tab: Tab, seconds: number) =>
  tab.evaluate<{
    longTasks: number
    slowFrames: number
    frames: number
    lateP99: number
    cpu?: number
  }>(`new Promise((resolve) => {
    let longTasks = 0, slowFrames = 0, frames = 0
    const late = []
    new PerformanceObserver((list) => { longTasks += list.getEntries().length }).observe({ type: 'longtask' })
    let last = performance.now()
    const frame = (now) => { frames++; if (now - last > 34) slowFrames++; last = now; requestAnimationFrame(frame) }
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame) })
    let expected = performance.now() + 100
    setInterval(() => { late.push(performance.now() - expected); expected = performance.now() + 100 }, 100)
    setTimeout(() => {
      late.sort((a, b) => a - b)
      resolve({ longTasks, slowFrames, frames, lateP99: Math.round(late[Math.floor(late.length * 0.99)] * 10) / 10 })
    }, ${seconds * 1000})
  })`)

const measured = async (tab: Tab, seconds: number) => {
  const [from, at] = [processSeconds(chromium.pid), performance.now()]
  const seen = await watch(tab, seconds)
  return {
    ...seen,
    cpu: Math.round(((processSeconds(chromium.pid) - from) / (performance.now() - at)) * 100_000) / 100,
  }
}

const openTab = async (cpu: number | null): Promise<Tab> => {
  const tab = await chromium.openTab(sites.pageUrl)
  if (cpu === null) return tab
  queue.push({ program: 'busy', input: { rounds: 1e9 }, timeoutSeconds: 3600 })
  const options = { supabaseUrl: queue.url, supabaseKey: 'anon', bridgeUrl: sites.bridgeUrl, limits: { cpu, when: [] } }
  await tab.evaluate(
    `window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => 't' }), worker.start()`,
  )
  await tab.until(`worker.state.status === 'working'`)
  await pause(1)
  return tab
}

const part = async (cpu: number | null) => {
  const tab = await openTab(cpu)
  const told = await measured(tab, SECONDS)
  if (cpu !== null) await tab.evaluate('worker.stop()')
  await tab.close()
  return told
}

/** How soon the processor is free after stop(): by /proc, in steps of 10 ms. */
const stops = async (times: number): Promise<number[]> => {
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const tab = await openTab(1)
    const from = performance.now()
    void tab.evaluate('worker.stop()')
    for (let before = processSeconds(chromium.pid); ; ) {
      await pause(0.03)
      const now = processSeconds(chromium.pid)
      if (now - before < 0.015) break
      before = now
    }
    took.push(Math.round(performance.now() - from))
    await tab.close()
  }
  return took.sort((a, b) => a - b)
}

/** The same rounds in a job and in a plain worker of a plain page, in turns: milliseconds of each, the best of some. */
const ratio = async (): Promise<{ sandboxMs: number; plainMs: number }> => {
  const rounds = 300
  const sandbox: number[] = []
  const plain: number[] = []
  const bare = await chromium.openTab(sites.pageUrl)
  const options = {
    supabaseUrl: queue.url,
    supabaseKey: 'anon',
    bridgeUrl: sites.bridgeUrl,
    limits: { cpu: 1, when: [] },
  }
  await bare.evaluate(
    `window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => 't' }), worker.start()`,
  )
  for (let i = 0; i < 5; i++) {
    const before = queue.reports.length
    queue.push({ program: 'busy', input: { rounds } })
    const { metrics } = await queue.until(() => queue.reports[before])
    sandbox.push(metrics.elapsedMs)
    plain.push(
      await bare.evaluate<number>(`new Promise((resolve) => {
        const source = 'onmessage = async ({ data: { rounds } }) => { const progress = () => {}; const from = performance.now(); await (async () => { ${loop.replaceAll('\n', ' ')} })(); postMessage(performance.now() - from) }'
        const thread = new Worker(URL.createObjectURL(new Blob([source])))
        thread.onmessage = ({ data }) => { thread.terminate(); resolve(data) }
        thread.postMessage({ rounds: ${rounds} })
      })`),
    )
  }
  await bare.evaluate('worker.stop()')
  await bare.close()
  return { sandboxMs: Math.round(Math.min(...sandbox)), plainMs: Math.round(Math.min(...plain)) }
}

const without = await part(null)
const withWorker = await part(1)
const capped = await part(0.3)
const speed = await ratio()
const stopped = await stops(20)
console.log(
  JSON.stringify(
    {
      seconds: SECONDS,
      without,
      with: withWorker,
      'with, capped at 30 %': capped,
      cappedShare: Math.round((capped.cpu - without.cpu) * 100) / 100,
      speed: { ...speed, ratio: Math.round((speed.sandboxMs / speed.plainMs) * 100) / 100 },
      stopMs: { median: stopped[stopped.length >> 1], most: stopped.at(-1) },
    },
    null,
    2,
  ),
)
await chromium.close()
await sites.close()
await queue.close()
