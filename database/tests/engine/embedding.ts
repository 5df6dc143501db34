import { addressOf, done, type Engine, type Wallet, type WorkCycle } from './engine.ts'

/** The one origin that site keys are taken from here. */
export const BRIDGE = 'https://bridge.example'

export type Site = { siteId: string; siteKey: string; ownerBps: number; online: number; revokedAt: string | null }
export type Headers = Record<string, string>
/** A site's visitor, who acts by its node's key. */
export type Visitor = { nodeId: string; rpc<T = unknown>(name: string, args?: Record<string, unknown>): Promise<T> }

export type Embedding = {
  /** Of all sites made here. */
  owner: Wallet
  createSite(more?: Record<string, unknown>): Promise<Site>
  /** A call without a session. */
  anon<T>(headers: Headers, name: string, args: Record<string, unknown>): Promise<T>
  /** Registers a browser on a site, a new one where no id is given. */
  visit(site: Site, id?: string, headers?: Headers): Promise<Visitor>
  cycle(visitor: Visitor, report?: unknown): Promise<WorkCycle>
  /** Computes one job of whatever waits. */
  work(visitor: Visitor): Promise<void>
  /** Cancels all jobs. */
  clear(): Promise<unknown>
  /** Charges what was spent and sees it confirmed, as the coordinator would; answers the vouchers that are due. */
  settle(): Promise<{ provider: string; cumulative: string }[]>
}

/** Sites on an engine, with the header `x-real-ip` for addresses, and pay that is shared as soon as it was charged. */
export const openEmbedding = async (engine: Engine): Promise<Embedding> => {
  const owner = await engine.wallet(addressOf(2))
  await engine.coordinator('set_embedding', [[BRIDGE], 'x-real-ip'])
  await engine.query(`update oblivion.settings set site_hold = '0'`)
  let serial = 0
  const anon: Embedding['anon'] = <T>(headers: Headers, name: string, args: Record<string, unknown>) =>
    engine.database.as({ role: 'anon', headers }, ({ rpc }) => rpc<T>(name, args))
  const cycle: Embedding['cycle'] = (visitor, report) =>
    visitor.rpc('work_cycle', report === undefined ? {} : { p_done: JSON.stringify(report) })
  return {
    owner,
    anon,
    cycle,
    createSite: (more = {}) =>
      owner.rpc('create_site', {
        p_site: JSON.stringify({ name: 'A blog', origins: ['https://blog.example'], ownerBps: 4000, ...more }),
      }),
    visit: async (site, id = `browser-${++serial}`, headers = {}) => {
      const { nodeId, nodeSecret } = await anon<{ nodeId: string; nodeSecret: string }>(
        { origin: BRIDGE, ...headers },
        'register_node',
        { p_hardware_id: id, p_site_key: site.siteKey },
      )
      return { nodeId, rpc: (name, args) => anon({ 'x-node-key': nodeSecret }, name, { p_node_id: nodeId, ...args }) }
    },
    work: async (visitor) => {
      const { job } = await cycle(visitor)
      if (job === null) throw new Error('No job.')
      const { accepted } = await cycle(visitor, done(job))
      if (!accepted) throw new Error('Not accepted.')
    },
    clear: () =>
      engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`),
    settle: async () => {
      const due = await engine.coordinator<{ customer: string; cumulative: string; cumulativeFee: string }[]>(
        'charges_due',
        [engine.instanceId],
      )
      for (const row of due) {
        const [before] = await engine.query<{ sum: string; fees: string }>(
          `select coalesce(max(cumulative), 0)::text as sum, coalesce(sum(fee), 0)::text as fees
             from oblivion.chain_events where kind = 'Charged'`,
        )
        const [amount, fee] = [
          BigInt(row.cumulative) - BigInt(before?.sum ?? '0'),
          BigInt(row.cumulativeFee) - BigInt(before?.fees ?? '0'),
        ]
        await engine.chain([{ kind: 'Charged', ...row, amount: amount.toString(), fee: fee.toString() }])
      }
      return engine.coordinator('vouchers_due', [engine.instanceId])
    },
  }
}
