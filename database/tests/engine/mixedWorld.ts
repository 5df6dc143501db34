import { once } from 'node:events'
import pg from 'pg'
import { addressOf, type Engine } from './engine.ts'
import {
  type Act,
  type Call,
  coordinatorActs,
  handActs,
  type Machine,
  machineActs,
  ownerActs,
  taskOf,
} from './mixedActs.ts'
import { keepRewriting } from './pauses.ts'
import { randomFrom } from './race.ts'

/**
 * All who call, at once and by lot, for so long: nodes by every door, their owners, customers, an operator's hand and the
 * coordinator. Then everybody stops, all tasks are cancelled, and what is held comes back.
 *
 * @returns what must not happen and did: each error that is no refusal of the catalogue, and each pass within somebody
 * else's call that failed. Of a deadlock it names who waited for whom.
 */
export const mixedWorld = async (engine: Engine, { ms, seed }: { ms: number; seed: number }): Promise<string[]> => {
  const violations: string[] = []
  const doing = new Map<string, string>()
  const clients: pg.Client[] = []
  const ends = performance.now() + ms
  const { authenticatorUrl, coordinatorUrl, superuserUrl } = engine.database

  const connect = async (url: string): Promise<{ client: pg.Client; call: Call }> => {
    const client = new pg.Client({ connectionString: url })
    clients.push(client)
    await client.connect()
    const name = String((client as unknown as { processID: number }).processID)
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING') violations.push(message ?? '')
    })
    const call: Call = async <T extends Record<string, unknown>>(text: string, values: unknown[] = []) => {
      doing.set(name, text)
      try {
        return (await client.query<T>(text, values)).rows
      } catch (error) {
        const { code, message, detail, where } = error as pg.DatabaseError
        // Else an error; and what an operator may not reset, a trigger refuses.
        if (/^OB\d{3}$/.test(code ?? '') || (code === '23514' && url === superuserUrl)) return []
        const who = detail?.replaceAll(/rocess (\d+)/g, (_, id: string) => `rocess ${id} (${doing.get(id)})`)
        violations.push([code, message, text, who, where].join('\n  '))
        return []
      }
    }
    return { client, call }
  }
  /** Acts by lot until the end. */
  const play = async (call: Call, acts: Act[], random: () => number, restMs: number) => {
    while (performance.now() < ends && violations.length < 5) {
      await acts[Math.floor(random() * acts.length)]?.(call)
      await new Promise((resolve) => setTimeout(resolve, restMs * random()))
    }
  }
  const wallet = async (address: string) => {
    const { userId } = await engine.database.createWallet(address)
    const { client, call } = await connect(authenticatorUrl)
    const claims = JSON.stringify({ role: 'authenticated', sub: userId, is_anonymous: false, aud: 'authenticated' })
    await client.query(
      `select set_config('request.jwt.claims', $1, false), set_config('request.jwt.claim.sub', $2, false),
              set_config('role', 'authenticated', false)`,
      [claims, userId],
    )
    return call
  }

  try {
    const machines = await machinesOf(engine)
    const customers = [addressOf(1), addressOf(2)]
    for (const address of customers) await engine.deposit(address, 1_000_000_000n)
    const played: Promise<void>[] = []
    let serial = seed * 1_000
    const lot = () => {
      serial += 1
      return randomFrom(serial)
    }

    for (const address of customers) {
      const call = await wallet(address)
      const random = lot()
      const owned = `select t.id from oblivion.tasks t join oblivion.owners o on o.id = t.owner_id
                      where o.address = $1 and t.status in ('running', 'paused') order by random() limit 1`
      const post: Act = (by) => by('select public.create_task($1)', [JSON.stringify(taskOf(random))])
      const change =
        (name: string): Act =>
        async (by) => {
          const [task] = await engine.query<{ id: string }>(owned, [address])
          if (task !== undefined) await by(`select public.${name}_task($1)`, [task.id])
        }
      for (let n = 0; n < 6; n += 1) await post(call)
      played.push(
        play(call, [post, post, change('cancel'), change('pause'), change('resume'), change('resume')], random, 100),
      )
      played.push(
        play(
          await wallet(address),
          [change('cancel'), change('pause'), change('resume'), change('resume')],
          lot(),
          200,
        ),
      )
    }
    for (const machine of machines) {
      for (let n = 0; n < 2; n += 1) {
        const { client, call } = await connect(authenticatorUrl)
        const random = lot()
        played.push(play(call, machineActs(machine, client, random), random, 20))
      }
    }
    for (const machine of machines.filter((_, n) => n % 2 === 0)) {
      const random = lot()
      played.push(play(await wallet(machine.wallet), ownerActs(machine), random, 600))
    }
    for (let n = 0; n < 2; n += 1)
      played.push(play((await connect(coordinatorUrl)).call, coordinatorActs(engine), lot(), 50))
    for (let n = 0; n < 2; n += 1) played.push(play((await connect(superuserUrl)).call, handActs(), lot(), 50))
    const stop = keepRewriting(engine)
    await Promise.all(played).finally(stop)
    if (violations.length === 0) violations.push(...(await settle(engine, customers)))
  } finally {
    await Promise.all(clients.map((client) => Promise.race([client.end(), once(client, 'error')])))
  }
  return violations
}

/** Six owners with two machines each, of whom half have proved themselves; of every second one a machine takes batches. */
const machinesOf = async (engine: Engine): Promise<Machine[]> => {
  const machines: Machine[] = []
  for (let n = 0; n < 12; n += 1) {
    const address = addressOf(0x900 + (n >> 1))
    const hardwareId = `node-${n % 2}`
    const type = n % 4 === 0 ? 'server' : n % 3 === 0 ? 'server' : 'browser'
    const node = await engine.node(address, hardwareId, type)
    const raised = n % 4 === 0
    if (raised) await engine.coordinator('set_max_jobs', [node.nodeId, 6])
    machines.push({ node, wallet: address, hardwareId, type, raised, key: node.key, jobs: [] })
  }
  await engine.query(`update oblivion.owners set proven_count = 1000 where address <= $1`, [addressOf(0x902)])
  return machines
}

/** Everything comes to its end, and no money stays held. */
const settle = async (engine: Engine, customers: string[]): Promise<string[]> => {
  await engine.coordinator('allow_program', ['raytrace'])
  const tasks = await engine.query<{ id: string; address: string }>(
    `select t.id, o.address from oblivion.tasks t join oblivion.owners o on o.id = t.owner_id
      where t.status in ('running', 'paused')`,
  )
  for (const { id, address } of tasks) await (await engine.wallet(address)).rpc('cancel_task', { p_task_id: id })
  for (let pass = 0, open = true; open && pass < 50; pass += 1) {
    await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where status = 'processing'`)
    await engine.coordinator('run_rescue')
    await engine.coordinator('advance_tasks')
    const [left] = await engine.query<{ open: boolean }>(
      `select exists (select from oblivion.tasks t where t.status in ('running', 'paused') or t.holds)
           or exists (select from jobs where status in ('blocked', 'pending', 'processing')) as open`,
    )
    open = left?.open ?? true
  }
  const wrong: string[] = []
  for (const address of customers) {
    const balance = await (await engine.wallet(address)).rpc<Record<string, string>>('my_balance')
    const { free = '0', spent = '0', deposited, held } = balance
    if (held !== '0' || String(BigInt(free) + BigInt(spent)) !== deposited) wrong.push(JSON.stringify(balance))
  }
  return wrong
}
