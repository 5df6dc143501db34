import type { Engine, Node, Wallet, WorkCycle } from './engine.ts'
import { done } from './engine.ts'
import { randomFrom } from './race.ts'

type Job = NonNullable<WorkCycle['job']>

/** A node that asks each `delayMs` while it is idle, whatever it is told. */
export type Poller = { node: Node; delayMs: number }

export type Polling = {
  pollers: readonly Poller[]
  customer: Wallet
  /** How many jobs come, one by one and by chance. */
  jobs: number
  everyMs: number
  /** How long a job takes. */
  serviceMs: number
  seed: number
}

export type Polled = {
  /** Jobs that each poller got. */
  served: number[]
  /** How long each job waited. */
  waitsMs: number[]
}

/**
 * Nodes and jobs against the real functions on a clock of the simulation's own: events come in the order of their time,
 * one after the other, and between them every time in the database is set back by what passed. So what a node gets does
 * not depend on how fast the machine is.
 */
export const poll = async (engine: Engine, polling: Polling): Promise<Polled> => {
  const { pollers, customer, jobs, everyMs, serviceMs, seed } = polling
  const random = randomFrom(seed)
  await engine.query(passTimeFunction)
  await engine.task(customer, jobs)
  // All are there at once and come out one by one.
  await engine.query(`update jobs set status = 'blocked' where status = 'pending'`)
  const hidden = (await engine.query<{ id: string }>(`select id from jobs where status = 'blocked' order by seq`)).map(
    ({ id }) => id,
  )

  const clock = await openClock(engine)
  const events = new Agenda()
  const served = pollers.map(() => 0)
  const cameAt = new Map<string, number>()
  const waitsMs: number[] = []
  const ask = (index: number, job: Job | null) => async (at: number) => {
    const poller = pollers[index]
    if (poller === undefined) return
    const answer = await poller.node.cycle(job && done(job))
    if (answer.job === null) return events.add(at + poller.delayMs, ask(index, null))
    served[index] = (served[index] ?? 0) + 1
    waitsMs.push(at - (cameAt.get(answer.job.jobId) ?? Number.NaN))
    events.add(at + serviceMs, ask(index, answer.job))
  }
  const come = (place: number) => async (at: number) => {
    const id = hidden[place]
    if (id === undefined) return
    await engine.query(`update jobs set status = 'pending' where id = $1`, [id])
    cameAt.set(id, at)
    events.add(at - everyMs * Math.log(1 - random()), come(place + 1))
  }
  for (const [index, { delayMs }] of pollers.entries()) events.add(random() * delayMs, ask(index, null))
  events.add(Math.max(...pollers.map(({ delayMs }) => delayMs)), come(0))

  while (waitsMs.length < jobs) {
    const next = events.next()
    await clock.set(next.at)
    await next.act(next.at)
  }
  return { served, waitsMs }
}

/** (sum x)^2 / (n sum x^2): 1 where all have the same, 1/n where one has all (Jain, Chiu and Hawe, 1984). */
export const jain = (shares: readonly number[]): number =>
  shares.reduce((sum, share) => sum + share, 0) ** 2 /
  (shares.length * shares.reduce((sum, share) => sum + share ** 2, 0))

/** Sets every time back that a claim looks at; answers what the server's clock says. */
const passTimeFunction = `
  create or replace function oblivion.test_pass_time(p_ms float8) returns float8 language plpgsql as $$
  declare
    v_by interval := make_interval(secs => p_ms / 1000);
  begin
    update nodes set last_seen = last_seen - v_by, next_poll_at = next_poll_at - v_by;
    update jobs set available_at = available_at - v_by where status = 'pending';
    update jobs set started_at = started_at - v_by, lease_expires_at = lease_expires_at - v_by where status = 'processing';
    update oblivion.owners set served = served - p_ms / 900000;
    update oblivion.waiting_room
       set as_of = as_of - v_by, look_at = look_at - v_by, expires_at = expires_at - v_by,
           average = average - p_ms / 900000,
           standings = array(select s - p_ms / 900000 from unnest(standings) with ordinality as u (s, n) order by n);
    return extract(epoch from clock_timestamp()) * 1000;
  end
  $$`

const openClock = async (engine: Engine) => {
  let simulated = 0
  let real: number | null = null
  return {
    /** What the machine took since then has passed already. */
    set: async (at: number): Promise<void> => {
      const [now] = await engine.query<{ ms: number }>(
        `select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
      )
      const taken: number = real === null ? 0 : (now?.ms ?? Number.NaN) - real
      const [then] = await engine.query<{ ms: number }>('select oblivion.test_pass_time($1) as ms', [
        at - simulated - taken,
      ])
      real = then?.ms ?? Number.NaN
      simulated = at
    },
  }
}

type Event = { at: number; act: (at: number) => Promise<void> | void }

/** Events by their time: a few hundred, so a list is enough. */
class Agenda {
  readonly #events: Event[] = []

  add(at: number, act: Event['act']): void {
    const after = this.#events.findIndex((event) => event.at > at)
    this.#events.splice(after < 0 ? this.#events.length : after, 0, { at, act })
  }

  next(): Event {
    const event = this.#events.shift()
    if (event === undefined) throw new Error('Nothing is left to happen.')
    return event
  }
}
