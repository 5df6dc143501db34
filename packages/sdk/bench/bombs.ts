// How soon a program that attacks its worker is over, and whether the page and the agent keep their beats meanwhile: on the
// stack as `start` runs it, each bomb ROUNDS times, beside programs that are none in the same run. The worst is told.
import { createClient, createTask, myBalance } from '@oblivion/client'
import type { TaskDraft } from '@oblivion/core'
import { accounts, startTestStack } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import pg from 'pg'
import { bombs } from '../tests/harness/bombs.ts'
import { driveChromium } from '../tests/harness/driveChromium.ts'
import { rendererPids } from '../tests/harness/rendererPids.ts'
import { signIn } from '../tests/harness/signIn.ts'
import { busiestThread } from '../tests/harness/threadTime.ts'
import { makeWasm } from '../tests/harness/wasmPrograms.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
/** The shortest that a task may ask for. */
const LIMIT_SECONDS = 5
const TICK_MS = 10
/** A beat of the page, and the one of the agent that this run asks for. */
const PAGE_BEAT_MS = 50
const AGENT_BEAT_MS = 1000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** How a program ends where nothing goes wrong: by itself, or by the time limit of its task. */
type End = 'itself' | 'limit'
interface Attack {
  readonly name: string
  readonly program: Exclude<NonNullable<TaskDraft['program']>, { kind: 'builtin' }>
  readonly end: End
  /** How long after the claim the bench kills the sandbox's process from outside. */
  readonly killAfterMs?: number
}
/** Milliseconds all. */
interface Seen {
  /** What the rest counts from: the claim, of what ends by itself; the end of the time limit; the end of the sandbox's process, by the system. */
  readonly from: End | 'death'
  /** Until the bridge took the sandbox away; null where it had not to. */
  readonly noticed: number | null
  /** Until the job's row was pending, completed or failed. */
  readonly released: number
  readonly status: string
  /** The longest between two beats of the page, from the claim until a second after the release. */
  readonly pageGap: number
  /** The longest between two signs of the agent, as the server saw them; null of what was over before two beats. */
  readonly agentGap: number | null
}

const js = (source: string) => ({ kind: 'js', source }) as const
const busy = (rounds: number) =>
  js(
    `export default () => { let x = 0; for (let i = 0; i < ${rounds}; i++) x = (x * 1103515245 + 12345) % 2147483648; return x }`,
  )
const wasm = await makeWasm()
const attacks: readonly Attack[] = [
  { name: 'no bomb: ends by itself', program: busy(5e7), end: 'itself' },
  { name: 'no bomb: waits beyond its limit', program: js('export default () => new Promise(() => {})'), end: 'limit' },
  { name: 'no bomb: its process killed from outside', program: busy(1e12), end: 'itself', killAfterMs: 3000 },
  ...Object.entries(bombs).map(([name, source]): Attack => {
    const endless = name.endsWith('Loop') || name === 'promiseFlood'
    return { name, program: js(source), end: endless ? 'limit' : 'itself' }
  }),
  {
    name: 'wasmGrowth',
    program: { kind: 'wasm', source: Buffer.from(wasm.greedy).toString('base64'), maxMemoryMiB: 4 },
    end: 'itself',
  },
]

const stack = await startTestStack()
const chromium = await driveChromium()
const database = new pg.Pool({ connectionString: stack.dev.databaseUrl, max: 2 })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void Promise.all([chromium.close(), stack.stop()]).finally(() => process.exit(1)))
}

const prepare = async () => {
  // More beats than it would ask for; and as many failures as there are bombs.
  await database.query(
    `update oblivion.settings set heartbeat_seconds = 1, claim_budget = 1000, claim_budget_proven = 1000`,
  )
  await database.query('alter table oblivion.owners alter column claim_budget set default 1000')
  await database.query('update oblivion.owners set claim_budget = 1000')
  const [, customerAccount, , providerAccount] = accounts
  if (customerAccount === undefined || providerAccount === undefined) throw new Error('no accounts')
  const accessToken = await signIn(stack.dev, customerAccount)
  const customer = createClient({
    supabaseUrl: stack.dev.supabaseUrl,
    supabaseKey: stack.dev.anonKey,
    accessToken: async () => accessToken,
  })
  while ((await myBalance(customer)).free === 0n) await pause(200)
  const { outputFiles } = await build({
    entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'sdk',
    write: false,
  })
  const tab = await chromium.openTab(`${stack.dev.dappUrl}/config.json`)
  await tab.evaluate(`${outputFiles[0]?.text}\nvoid (globalThis.sdk = sdk)`)
  const options = {
    supabaseUrl: stack.dev.supabaseUrl,
    supabaseKey: stack.dev.anonKey,
    bridgeUrl: stack.dev.bridgeUrl,
    limits: { cpu: 1, when: [], strangersPrograms: true },
  }
  const token = await signIn(stack.dev, providerAccount)
  await tab.evaluate(`(() => {
    window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => ${JSON.stringify(token)} })
    window.longest = 0
    let last = performance.now()
    setInterval(() => { longest = Math.max(longest, performance.now() - last); last = performance.now() }, ${PAGE_BEAT_MS})
    return worker.start()
  })()`)
  await tab.until(`worker.state.status === 'waiting'`)
  // The bridge writes down when it takes a sandbox away: that is when somebody has noticed.
  const { targetInfos } = await chromium.send('Target.getTargets')
  const bridge = targetInfos.find(({ url }: { url: string }) => url.startsWith(`${stack.dev.bridgeUrl}/bridge.html`))
  const { sessionId } = await chromium.send('Target.attachToTarget', { targetId: bridge.targetId, flatten: true })
  const inBridge = async <T>(expression: string): Promise<T> => {
    const { result } = await chromium.send('Runtime.evaluate', { expression, returnByValue: true }, sessionId)
    return result.value
  }
  await inBridge(`window.takenAway = []
    new MutationObserver((list) => {
      for (const { removedNodes } of list) for (const { nodeName } of removedNodes) if (nodeName === 'IFRAME') takenAway.push(Date.now())
    }).observe(document.body, { childList: true })`)
  return { customer, tab, takenAway: () => inBridge<number[]>('takenAway') }
}

type Ready = Awaited<ReturnType<typeof prepare>>

const attack = async ({ customer, tab, takenAway }: Ready, { program, end, killAfterMs }: Attack): Promise<Seen> => {
  const price = 10_000n
  const terms = {
    title: 'A bomb',
    inputs: [null],
    pricePerChunk: price,
    budget: price,
    acknowledgeVisible: true,
  } as const
  const timeoutSeconds = end === 'limit' ? LIMIT_SECONDS : 60
  const { taskId } = await createTask(customer, { task: { ...terms, program, timeoutSeconds } })
  /** An attempt has a row once it has ended; the one node of this stack is the worker's. */
  const read = async () => {
    const { rows } = await database.query<{ status: string; ended: boolean; claimed: Date | null; beat: Date | null }>(
      `select j.status, a.ended_at is not null as ended, coalesce(a.started_at, j.started_at) as claimed,
              (select max(n.last_seen) from nodes n) as beat
         from jobs j
         left join oblivion.attempts a on a.job_id = j.id
        where j.task_id = $1`,
      [taskId],
    )
    return rows[0]
  }
  let claimed: number | null = null
  let killed = false
  let died: number | null = null
  let alive = new Set<string>()
  const beats = new Set<number>()
  for (;;) {
    const row = await read()
    if (!row?.claimed) {
      await pause(TICK_MS)
      continue
    }
    if (claimed === null) {
      claimed = row.claimed.getTime()
      await tab.evaluate('longest = 0')
    }
    if (row.beat) beats.add(row.beat.getTime())
    const pids = rendererPids(chromium.pid)
    const now = Date.now()
    if ([...alive].some((pid) => !pids.includes(pid))) died ??= now
    alive = new Set(pids)
    if (row.ended) {
      const away = (await takenAway()).find((at) => at >= (claimed ?? 0)) ?? null
      // A sandbox that was taken away ends as well.
      const own = died !== null && (away === null || died < away) && end !== 'limit' ? died : null
      const from = own !== null ? 'death' : end
      const zero = own ?? (end === 'limit' ? claimed + LIMIT_SECONDS * 1000 : claimed)
      const times = [...beats].sort((a, b) => a - b)
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
      await customer.call('cancel_task', { p_task_id: taskId })
      await tab.until(`worker.state.status === 'waiting'`)
      // What it leaves behind would stop the page as well.
      await pause(1000)
      return {
        ...{ from, status: row.status },
        noticed: away === null ? null : away - zero,
        released: now - zero,
        pageGap: await tab.evaluate<number>('longest'),
        agentGap: now - claimed > 2 * AGENT_BEAT_MS && gaps.length > 0 ? Math.max(...gaps) : null,
      }
    }
    if (killAfterMs !== undefined && !killed && now - claimed > killAfterMs) {
      killed = true
      const [pid] = (await busiestThread(chromium.pid, 150)).split('/')
      process.kill(Number(pid), 'SIGKILL')
    }
    await pause(TICK_MS)
  }
}

/** The worst of the rounds. */
const worst = (seen: readonly Seen[]): Seen => {
  const most = (of: (one: Seen) => number | null): number | null => {
    const values = seen.map(of).filter((value) => value !== null)
    return values.length === 0 ? null : Math.max(...values)
  }
  const [first] = seen
  if (first === undefined) throw new Error('ROUNDS is at least 1')
  return {
    ...first,
    noticed: most((one) => one.noticed),
    released: most((one) => one.released) ?? Number.NaN,
    pageGap: most((one) => one.pageGap) ?? Number.NaN,
    agentGap: most((one) => one.agentGap),
  }
}

const ms = (value: number | null): string => (value === null ? '' : value.toFixed(0))

try {
  const ready = await prepare()
  const table: (Seen & { name: string })[] = []
  for (const one of attacks) {
    const seen: Seen[] = []
    for (let round = 0; round < ROUNDS; round++) {
      seen.push(await attack(ready, one))
      console.log(`${one.name}: ${JSON.stringify(seen.at(-1))}`)
    }
    table.push({ name: one.name, ...worst(seen) })
  }
  console.log(
    `\n| Program, the worst of ${ROUNDS}, ms | From | Dead sandbox noticed | Row released | Its state | Page’s longest gap (beat ${PAGE_BEAT_MS}) | Agent’s (beat ${AGENT_BEAT_MS}) |\n|---|---|---|---|---|---|---|`,
  )
  for (const { name, from, noticed, released, status, pageGap, agentGap } of table) {
    console.log(
      `| ${name} | ${from} | ${ms(noticed)} | ${ms(released)} | ${status} | ${ms(pageGap)} | ${ms(agentGap)} |`,
    )
  }
  const late = table.filter(
    ({ from, noticed, released }) => from !== 'itself' && ((noticed ?? 0) > 2000 || released > 5000),
  )
  if (late.length > 0) {
    console.log(`missed (2 s, 5 s): ${late.map(({ name }) => name).join(', ')}`)
    process.exitCode = 1
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await database.end()
  await chromium.close()
  await stack.stop()
}
