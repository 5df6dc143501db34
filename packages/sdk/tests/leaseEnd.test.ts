import { accounts } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DrivenChromium, driveChromium, type Tab } from './harness/driveChromium.ts'
import { rendererPids } from './harness/rendererPids.ts'
import { signIn } from './harness/signIn.ts'
import { longInput, type Market, startMarket } from './harness/startMarket.ts'
import { processesOf } from './harness/threadTime.ts'

// What the real queue knows of a tab that has gone without a word, and the tab of the queue when it comes back: how soon
// its job can be claimed, and that it drops what is not its own any more. `pnpm test:deep` waits for the lease's end; in
// `test` it is moved to now, so that what is seen is what comes after it, and tabs that can still say goodbye are left out
// (lifeCycle.test.ts and bfcache.test.ts have their release).
const WAITS = process.env.LEASE !== undefined
const IN_TIME = WAITS ? 'within 60 s of the last heartbeat' : 'within 15 s of the end of its lease'

let market: Market
let database: pg.Pool
let chromium: DrivenChromium
let sdk: string
let token: string
let taskId: string
let tabs: Tab[]

beforeAll(async () => {
  ;[market, chromium] = await Promise.all([startMarket(), driveChromium()])
  database = new pg.Pool({ connectionString: market.stack.dev.databaseUrl })
  // Beats of 15 s else, and a tab that comes back hears with its next one that it is late.
  if (!WAITS) await database.query('update oblivion.settings set heartbeat_seconds = 1')
  const { outputFiles } = await build({
    entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'sdk',
    write: false,
  })
  sdk = outputFiles[0]?.text ?? ''
  const [, , , provider] = accounts
  if (provider === undefined) throw new Error('no account')
  token = await signIn(market.stack.dev, provider)
})
afterAll(async () => {
  await chromium?.close()
  await database?.end()
  await market?.stack.stop()
})
beforeEach(async () => {
  tabs = []
  taskId = await market.post([longInput])
})
afterEach(async () => {
  for (const tab of tabs) await tab.close().catch(() => {})
  await market.cancel(taskId)
})

/** A page on the dApp's origin whose worker has the task's one job. */
const work = async (cpu = 0.3): Promise<Tab> => {
  const { dappUrl, supabaseUrl, anonKey: supabaseKey, bridgeUrl } = market.stack.dev
  const tab = await chromium.openTab(`${dappUrl}/config.json`)
  tabs.push(tab)
  const options = { supabaseUrl, supabaseKey, bridgeUrl, limits: { cpu, when: [] } }
  await tab.evaluate(`${sdk}
    window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => '${token}' })
    void worker.start()`)
  await tab.until(`worker.state.status === 'working'`)
  return tab
}
interface Job {
  readonly status: string
  readonly attempt: number
  /** Seconds from the last heartbeat, or the claim where there was none, until now. */
  readonly silent: number
}
const LEASE_SECONDS = 45
const job = async (): Promise<Job> => {
  const { rows } = await database.query(
    `select status, attempt, coalesce(extract(epoch from clock_timestamp() - lease_expires_at), 0)::float8 as late
       from public.jobs where task_id = $1`,
    [taskId],
  )
  return { ...rows[0], silent: rows[0].late + LEASE_SECONDS }
}
const outcomes = async (): Promise<string[]> =>
  (
    await database.query('select outcome from oblivion.attempts where task_id = $1 order by attempt', [taskId])
  ).rows.map(({ outcome }) => outcome)
/** The lease of a job whose node is silent ends now, as it would after 45 s. */
const endLease = async (): Promise<void> => {
  if (WAITS) return
  await database.query('update public.jobs set lease_expires_at = clock_timestamp() where task_id = $1', [taskId])
}
/** Waits until somebody else could have the job, and says how long that took and whether its release or its lease did it. */
const untilClaimable = async (how: string): Promise<string> => {
  let silent = 0
  await expect
    .poll(
      async () => {
        const now = await job()
        if (now.status === 'processing') silent = now.silent
        return now.status
      },
      { timeout: 100_000, interval: 100 },
    )
    .toBe('pending')
  const outcome = (await outcomes()).join()
  // Where the test itself ends the lease, the time before that is no measurement.
  const told = WAITS
    ? `${silent.toFixed(1)} s after the last heartbeat`
    : `${Math.max(0, silent - LEASE_SECONDS).toFixed(1)} s after the end of its lease`
  console.log(`${how}: ${outcome}, claimable ${told}`)
  expect(silent).toBeLessThan(outcome === 'released' ? LEASE_SECONDS : 60)
  return outcome
}

const leaving: Record<string, (tab: Tab) => Promise<unknown>> = {
  frozen: async (tab) => {
    const other = await chromium.openTab('about:blank#x')
    tabs.push(other)
    await other.show()
    await tab.send('Page.setWebLifecycleState', { state: 'frozen' })
  },
  'left for another page': (tab) => tab.send('Page.navigate', { url: 'about:blank' }),
}

test.runIf(WAITS).each(Object.entries(leaving))(
  'the job of a tab that is %s is given back, or ends with its lease',
  async (how, leave) => {
    await leave(await work())
    // Some one in twenty of those given back is lost with its document.
    expect(['released', 'expired']).toContain(await untilClaimable(how))
  },
)

test(`the job of a tab that is killed is claimable ${IN_TIME}`, async () => {
  await work()
  // Without a goodbye: all processes of pages and frames are gone at once, before one could tell the other.
  const pids = rendererPids(chromium.pid).map(Number)
  for (const name of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of pids) process.kill(pid, name)
  await endLease()
  expect(await untilClaimable('killed')).toBe('expired')
})

test(`the job of a device that sleeps is claimable ${IN_TIME}; awake again, it drops that job and claims anew`, async () => {
  // Without a cap: else it would rest for the share of the time that it has slept, two minutes at most.
  const tab = await work(1)
  // All that there is of the browser stands still, as on a device whose lid is shut.
  const asleep = processesOf(chromium.pid).map(Number)
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of asleep) {
      try {
        process.kill(pid, name)
      } catch {
        // It ended meanwhile.
      }
    }
  }
  signal('SIGSTOP')
  let other = ''
  try {
    await endLease()
    expect(await untilClaimable('asleep')).toBe('expired')
    other = await market.post([longInput])
  } finally {
    signal('SIGCONT')
  }
  // With its next beat it hears that the job is not its own. Who lost a job is not the first to get it again.
  await tab.until(
    `worker.state.status === 'working' && (worker.state.job.taskId === '${other}' || worker.state.job.attempt === 2)`,
  )
  // The attempt counts for nothing, and nothing of it was ever reported.
  expect(await outcomes()).toEqual(['expired'])
  await market.cancel(other)
})
