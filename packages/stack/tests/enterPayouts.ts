import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { claim, readProviderSettled, readTokenBalance } from '@oblivion/contracts'
import { canonicalJson } from '@oblivion/core'
import pg from 'pg'
import { type Address, createWalletClient, type Hex, http, publicActions } from 'viem'
import { foundry } from 'viem/chains'
import { expect, vi } from 'vitest'
import { accounts } from '../src/chain/accounts.ts'
import type { DevFile } from '../src/home/devFile.ts'
import { readSecretFile } from '../src/home/secretFile.ts'
import type { Secrets } from '../src/home/secrets.ts'
import { runAs } from '../src/testing/runAs.ts'
import { insertWallet } from '../src/testing/wallet.ts'

/** Of a chunk, smallest units of the token. */
export const PRICE = 1_000_000n
const [customer, provider] = [accounts[1], accounts[3]]
if (!customer || !provider) throw new Error('no accounts')

type Earnings = { total: string; pending: string; claimable: string; settled: string }
type Voucher = { cumulative: string; claimable: string; signature: Hex } | null

/** The customer and the provider of a stack that runs, signed in: work, and pay for it. */
export const enterPayouts = async ({ dev, home }: { dev: DevFile; home: string }) => {
  const secrets = readSecretFile<Secrets>(join(home, 'secrets.json'))
  const url = new URL(dev.databaseUrl)
  url.username = 'authenticator'
  url.password = secrets?.passwords.authenticator ?? ''
  const postgres = new pg.Pool({ connectionString: dev.databaseUrl, max: 2 })
  const authenticator = new pg.Pool({ connectionString: url.href, max: 2 })
  const pools = { postgres, authenticator, coordinator: postgres }
  const wallet = async (address: string) => {
    const { userId } = await insertWallet(postgres, address)
    return <T>(name: string, args: Record<string, unknown> = {}): Promise<T> =>
      runAs(pools, { role: 'authenticated', sub: userId }, ({ rpc }) => rpc<T>(name, args))
  }
  const [asCustomer, asProvider] = [await wallet(customer.address), await wallet(provider.address)]
  const chain = createWalletClient({ account: provider, chain: foundry, transport: http(dev.rpcUrl) }).extend(
    publicActions,
  )
  const settlement = dev.settlementAddress as Address
  const token = dev.tokenAddress as Address

  /** Does a task of so many chunks, and answers what the provider earned by it. */
  const work = async (chunks: number): Promise<bigint> => {
    const before = BigInt((await asProvider<Earnings>('my_earnings')).total)
    await asCustomer('create_task', {
      p_task: {
        ...{ title: 'A test', type: 'raytrace', acknowledgeVisible: true, pricePerChunk: PRICE.toString() },
        inputs: Array.from({ length: chunks }, (_, index) => ({ index })),
      },
    })
    const { nodeId } = await asProvider<{ nodeId: string }>('register_node', { p_hardware_id: 'one' })
    type Cycle = { job: { jobId: string; attempt: number; chunkIndex: number } | null; accepted: boolean | null }
    let report: unknown = null
    for (let done = 0; done <= chunks; done += 1) {
      const claiming = done < chunks
      const { job, accepted } = await asProvider<Cycle>('work_cycle', {
        p_node_id: nodeId,
        p_done: report,
        p_claim: claiming,
      })
      if (done > 0) expect(accepted).toBe(true)
      if (!claiming) break
      if (job === null) throw new Error('The node got no job.')
      const result = { ok: job.chunkIndex }
      const resultHash = createHash('sha256').update(canonicalJson(result)).digest('hex')
      report = { jobId: job.jobId, attempt: job.attempt, outcome: 'succeeded', result, resultHash }
    }
    return BigInt((await asProvider<Earnings>('my_earnings')).total) - before
  }

  /** Waits until a voucher covers everything that was earned here, redeems it, and waits until the ledger knows. */
  const settle = async (): Promise<void> => {
    const { total } = await asProvider<Earnings>('my_earnings')
    const voucher = await vi.waitFor(
      async () => {
        const open = await asProvider<Voucher>('my_voucher')
        expect(open?.cumulative).toBe(total)
        return open
      },
      { timeout: 90_000, interval: 100 },
    )
    if (voucher === null) throw new Error('no voucher')
    const { cumulative, signature } = voucher
    const hash = await claim(chain, {
      settlement,
      provider: provider.address,
      cumulative: BigInt(cumulative),
      signature,
    })
    await chain.waitForTransactionReceipt({ hash })
    await vi.waitFor(async () => expect((await asProvider<Earnings>('my_earnings')).settled).toBe(total), {
      timeout: 90_000,
      interval: 100,
    })
  }

  return {
    work,
    settle,
    earnings: () => asProvider<Earnings>('my_earnings'),
    voucher: () => asProvider<Voucher>('my_voucher'),
    balance: () => asCustomer<{ free: string; halted: string | null }>('my_balance'),
    paid: () => readProviderSettled(chain, { settlement, provider: provider.address }),
    tokens: () => readTokenBalance(chain, { token, owner: provider.address }),
    instances: async () =>
      (
        await postgres.query(
          'select id, closed_at is null as open from oblivion.settlement_instances where chain_id <> 0 order by id',
        )
      ).rows,
    leave: async () => {
      await Promise.all([postgres.end(), authenticator.end()])
    },
  }
}
