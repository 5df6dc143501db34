import { setTimeout as later } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'
import { type ChainEvent, type Contract, createContract } from './engine/ledger/contractModel.ts'

/*
 * M2: a customer posts, deposits, asks to leave, stays after all and withdraws, while providers draw its chunks and the
 * coordinator looks, charges and books: all of it at once, in other orders each time. Whatever was accepted is collected:
 * what the ledger calls spent and what the contract has charged are 0 units apart.
 */

const SCHEDULES = Number(process.env.EXIT_SCHEDULES ?? '80')
const TOGETHER = 8
const PRICE = 1_000n
const CAP = 50_000n

let engine: Engine
afterEach(() => engine?.drop())

type Job = NonNullable<WorkCycle['job']>
/** `withdrawing`: what it has taken out in blocks that are not booked yet. */
type Party = { wallet: Wallet; contract: Contract; withdrawing: bigint }
type Worker = { node: Node; job: Job | null }

/** What happened how often, so that an empty race proves nothing. */
const counts: Record<string, number> = {}
const count = (what: string, by = 1) => {
  counts[what] = (counts[what] ?? 0) + by
}

/** Blocks come one after the other, whoever sends. */
function createBlocks() {
  let last: Promise<unknown> = Promise.resolve()
  return (event: ChainEvent | undefined): Promise<unknown> => {
    if (event !== undefined) last = last.then(() => engine.chain([event]))
    return last
  }
}

/** The coordinator's part: exits at the latest block first, then what is due. */
async function turn(parties: readonly Party[], block: ReturnType<typeof createBlocks>, serial: number) {
  const customers = parties.map(({ contract, wallet, withdrawing }) => ({
    ...contract.shown(0, withdrawing),
    customer: wallet.address,
  }))
  await engine.coordinator('record_customers', [engine.instanceId, serial, JSON.stringify(customers)])
  await engine.coordinator('pause_exiting', [engine.instanceId])
  const due = await engine.coordinator<Array<{ customer: string; cumulative: string; cumulativeFee: string }>>(
    'charges_due',
    [engine.instanceId],
  )
  for (const row of due) {
    const party = parties.find(({ wallet }) => wallet.address === row.customer)
    await block(party?.contract.charge(0, BigInt(row.cumulative), BigInt(row.cumulativeFee)))
  }
}

async function post({ wallet }: Party, chunks: number) {
  try {
    await engine.task(wallet, chunks, { pricePerChunk: String(PRICE) })
    count('posted')
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (!['OB007', 'OB095', 'OB096'].includes(code)) throw error
    count(`refused with ${code}`)
  }
}

async function work(worker: Worker, claim: boolean) {
  const report = worker.job === null ? null : done(worker.job)
  const answer = await worker.node.cycle(report, claim)
  if (report !== null) count(answer.accepted === true ? 'accepted' : 'not accepted')
  if (answer.job !== null) count('claimed')
  worker.job = answer.job
}

const moment = fc.integer({ min: 0, max: 6 })
/** When each thing of a schedule happens, in milliseconds after its start, and how large it is. */
const schedule = fc.record({
  first: fc.integer({ min: 1, max: 30 }),
  chunks: fc.integer({ min: 1, max: 6 }),
  posts: fc.array(moment, { minLength: 1, maxLength: 3 }),
  exit: moment,
  more: fc.option(moment, { freq: 4 }),
  stays: fc.option(moment, { freq: 4 }),
  looks: fc.array(moment, { maxLength: 2 }),
  draws: fc.array(moment, { minLength: 1, maxLength: 4 }),
})
type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never

/** Runs some schedules beside each other, in three parts: before the exit ripens, until all drawn work is in, and after. */
async function race(
  schedules: readonly Schedule[],
  parties: readonly Party[],
  workers: readonly Worker[],
  serial: number,
) {
  const block = createBlocks()
  const at = async (ms: number, act: () => unknown) => {
    await later(ms)
    await act()
  }
  for (const [index, { first }] of schedules.entries()) {
    await block(parties[index]?.contract.deposit(0, BigInt(first) * PRICE))
  }
  await turn(parties, block, serial)

  const events = schedules.flatMap((one, index) => {
    const party = parties[index]
    const worker = workers[index]
    if (party === undefined || worker === undefined) return []
    const { contract } = party
    const draws = async () => {
      for (const ms of one.draws) await at(ms, () => work(worker, true))
    }
    const leave = () => {
      contract.requestExit(0, 2n ** 80n)
      if (contract.of(0).exiting > 0n) count('asked to leave')
    }
    return [
      ...one.posts.map((ms) => at(ms, () => post(party, one.chunks))),
      ...one.looks.map((ms) => at(ms, () => turn(parties, block, serial))),
      at(one.exit, leave),
      draws(),
      ...(one.more === null ? [] : [at(one.more, () => block(contract.deposit(0, 3n * PRICE)))]),
      ...(one.stays === null ? [] : [at(one.stays, () => contract.cancelExit(0))]),
    ]
  })
  await Promise.all(events)
  await turn(parties, block, serial)

  // An exit ripens long after any chunk that was drawn before it was seen is in or lost; nothing new is drawn meanwhile.
  const leaving = parties.filter(({ contract }) => contract.of(0).exiting > 0n)
  await Promise.all([
    ...workers.map((worker) => work(worker, true)),
    ...leaving.map((party) => post(party, 1)),
    turn(parties, block, serial),
  ])
  await Promise.all(workers.map((worker) => work(worker, false)))
  await turn(parties, block, serial)
  // What would be in work at the very moment of the withdrawal: of customers who leave, nothing.
  await Promise.all(workers.map((worker) => work(worker, true)))

  // The withdrawal, beside whoever would still post or draw before its block is final: the contract shows no exit any more.
  const gone: (() => Promise<void>)[] = []
  for (const party of leaving) {
    const event = party.contract.withdraw(0)
    if (event === undefined) continue
    count('withdrew')
    party.withdrawing = BigInt(String(event.amount))
    gone.push(async () => {
      await block(event)
      party.withdrawing = 0n
    })
  }
  await turn(parties, block, serial)
  await Promise.all([...leaving.map((party) => post(party, 1)), ...workers.map((worker) => work(worker, true))])
  await Promise.all([
    ...leaving.map((party) => post(party, 1)),
    ...workers.map((worker) => work(worker, true)),
    ...gone.map((book) => book()),
  ])
  await Promise.all(workers.map((worker) => work(worker, false)))
  for (const _ of [1, 2]) await turn(parties, block, serial)
}

/** What customers have spent and the contract could not take, until there is some, over at most so many rounds. */
async function uncollected(rounds: number, seed: number): Promise<bigint> {
  await engine.coordinator('record_limits', [engine.instanceId, String(CAP)])
  await engine.query('update oblivion.settings set proven_after = 0')
  const workers: Worker[] = []
  for (let at = 0; at < TOGETHER; at += 1) {
    workers.push({ node: await engine.node(addressOf(0x900000 + at), 'one', 'server'), job: null })
  }
  let missing = 0n
  for (let round = 0; round < rounds && missing === 0n; round += 1) {
    const schedules = fc.sample(schedule, { numRuns: TOGETHER, seed: seed + round })
    const parties: Party[] = []
    for (const [index] of schedules.entries()) {
      const address = addressOf(0x100000 + round * TOGETHER + index)
      const wallet = await engine.wallet(address)
      parties.push({ wallet, contract: createContract([wallet.address], CAP), withdrawing: 0n })
    }
    await race(schedules, parties, workers, round)
    const spent = await engine.query<{ address: string; spent: string }>(
      `select o.address, sum(r.price)::text as spent from oblivion.receipts r
         join oblivion.owners o on o.id = r.customer_owner_id where o.address = any($1) group by o.address`,
      [parties.map(({ wallet }) => wallet.address)],
    )
    for (const row of spent) {
      const party = parties.find(({ wallet }) => wallet.address === row.address)
      missing += BigInt(row.spent) - (party?.contract.of(0).charged ?? 0n)
    }
    // What is left of these customers is no work for the next ones.
    await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
    for (const worker of workers) worker.job = null
  }
  return missing
}

test(`M2: ${SCHEDULES} schedules of deposit, post, draw and exit: 0 uncollected`, {
  timeout: 60_000 + SCHEDULES * 500,
}, async () => {
  engine = await createEngine()
  expect(await uncollected(Math.ceil(SCHEDULES / TOGETHER), 20_261_129)).toBe(0n)
  for (const what of ['posted', 'refused with OB095', 'claimed', 'accepted', 'asked to leave', 'withdrew'])
    expect(counts[what] ?? 0, what).toBeGreaterThan(SCHEDULES / 20)
})

test.each([
  ['exits are not seen', 'exit_of', 'c.exiting > 0', 'false'],
  ['a withdrawal is believed to be over before it is final', 'exit_of', 'c.withdrawing +', '0 +'],
  ['tasks go on', 'pause_exiting', "t.status = 'running' and", 'false and'],
])('a race in which %s costs somebody', async (_, name, from, to) => {
  engine = await createEngine()
  const [row] = await engine.query<{ definition: string }>(
    `select pg_get_functiondef(p.oid) as definition from pg_proc p
      where p.proname = $1 and p.pronamespace = 'oblivion'::regnamespace`,
    [name],
  )
  const planted = row?.definition.replace(from, to) ?? ''
  expect(planted).not.toBe(row?.definition)
  await engine.query(planted)
  expect(await uncollected(40, 20_261_129)).toBeGreaterThan(0n)
})
