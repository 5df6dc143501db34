import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claim, readProviderSettled, readTokenBalance } from '@oblivion/contracts'
import { canonicalJson } from '@oblivion/core'
import pg from 'pg'
import { type Address, createWalletClient, type Hex, http, publicActions } from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readSecretFile } from '../src/home/secretFile.ts'
import type { Secrets } from '../src/home/secrets.ts'
import { decideSettlement, type SettlementInstance, sayDecision } from '../src/settlement/decideSettlement.ts'
import { accounts, startTestStack, type TestStack } from '../src/testing/index.ts'
import { runAs } from '../src/testing/runAs.ts'
import { insertWallet } from '../src/testing/wallet.ts'

describe('whether ledger and chain fit', () => {
  const instance: SettlementInstance = {
    ...{ instanceId: 3, chainId: 31337, contractAddress: '0xc0', tokenAddress: '0x70', genesisHash: '0xAA' },
    ...{ cursorBlock: 20, cursorHash: '0xbb', halted: null },
  }
  const chain = { chainId: 31337, genesisHash: '0xaa', cursorHash: '0xBB', contractExists: true, tokenExists: true }

  test.each([
    ['the same chain is kept, however its hashes are spelled', instance, chain, { kind: 'keep' }],
    [
      'a ledger that has booked nothing yet is kept',
      { ...instance, cursorHash: null },
      { ...chain, cursorHash: null },
      { kind: 'keep' },
    ],
    ['no instance: the first one', null, chain, { kind: 'new', reason: 'first', reuseToken: false }],
    [
      'another genesis: wiped',
      instance,
      { ...chain, genesisHash: '0xab' },
      { kind: 'new', reason: 'wiped', reuseToken: false },
    ],
    [
      'another chain: wiped',
      instance,
      { ...chain, chainId: 80002 },
      { kind: 'new', reason: 'wiped', reuseToken: false },
    ],
    [
      'no such block: behind',
      instance,
      { ...chain, cursorHash: null },
      { kind: 'new', reason: 'behind', reuseToken: true },
    ],
    [
      'another block there: behind',
      instance,
      { ...chain, cursorHash: '0xbc' },
      { kind: 'new', reason: 'behind', reuseToken: true },
    ],
    [
      'behind the token too: a new token',
      instance,
      { ...chain, cursorHash: null, contractExists: false, tokenExists: false },
      { kind: 'new', reason: 'behind', reuseToken: false },
    ],
    [
      'no contract where nothing was booked',
      { ...instance, cursorHash: null },
      { ...chain, contractExists: false },
      { kind: 'new', reason: 'contract_missing', reuseToken: true },
    ],
  ] as const)('%s', (_, ledger, facts, decision) => {
    expect(decideSettlement(ledger, facts)).toEqual(decision)
    const said = sayDecision(decision, ledger)
    if (decision.kind === 'new' && decision.reason !== 'first') expect(said).toContain('nothing is paid twice')
    else expect(said).toBeNull()
  })
})

const PRICE = 1_000_000n
const [customer, provider] = [accounts[1], accounts[3]]
if (!customer || !provider) throw new Error('no accounts')

type Earnings = { total: string; pending: string; claimable: string; settled: string }
type Voucher = { cumulative: string; claimable: string; signature: Hex } | null

/** One stack with a customer and a provider signed in. */
const enter = async (stack: TestStack) => {
  const { dev, home } = stack
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
      { timeout: 30_000, interval: 100 },
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
      timeout: 30_000,
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
      await stack.stop()
    },
  }
}

describe('a chain that is not the ledger’s any more', () => {
  let home: string
  let saved: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'oblivion-settlement-'))
    saved = mkdtempSync(join(tmpdir(), 'oblivion-saved-'))
  })
  afterAll(() => {
    for (const folder of [home, saved]) rmSync(folder, { recursive: true, force: true })
  })
  const start = () => startTestStack({ home, pages: false })

  test('wiped, and fallen behind: it is said, a new contract is opened, and nobody is paid twice', {
    timeout: 300_000,
  }, async () => {
    const first = await start()
    expect(first.said).toEqual([])
    const one = await enter(first)
    const earned = await one.work(3)
    expect(earned).toBeGreaterThan(2n * PRICE)
    await one.settle()
    expect(await one.tokens()).toBe(earned)
    // Earned, and not claimed before the chain is lost.
    const unclaimed = await one.work(1)
    expect(unclaimed).toBeGreaterThan(0n)
    await one.leave()

    rmSync(join(home, 'chain'), { recursive: true })
    const second = await start()
    expect(second.said.join('\n')).toMatch(/chain is a new one.*nothing is paid twice/s)
    expect(second.dev.settlementAddress).not.toBe(first.dev.settlementAddress)
    const two = await enter(second)
    expect(await two.instances()).toMatchObject([{ open: false }, { open: true }])
    expect(await two.balance()).toMatchObject({ free: '1000000000', halted: null })
    expect(await two.voucher()).toBeNull()
    expect(await two.earnings()).toMatchObject({ total: '0', claimable: '0' })
    const again = await two.work(2)
    await two.settle()
    // Exactly what was earned here: nothing of what the first contract had paid or owed.
    expect(await two.tokens()).toBe(again)
    expect(await two.paid()).toBe(again)
    await two.leave()

    cpSync(join(home, 'chain'), saved, { recursive: true })
    const third = await start()
    expect(third.said).toEqual([])
    expect(third.dev.settlementAddress).toBe(second.dev.settlementAddress)
    const three = await enter(third)
    const lost = await three.work(2)
    await three.settle()
    expect(await three.tokens()).toBe(again + lost)
    await three.leave()

    rmSync(join(home, 'chain'), { recursive: true })
    cpSync(saved, join(home, 'chain'), { recursive: true })
    const fourth = await start()
    expect(fourth.said.join('\n')).toMatch(/fallen behind the ledger.*nothing is paid twice/s)
    expect(fourth.dev.settlementAddress).not.toBe(third.dev.settlementAddress)
    // The token is still on the chain, and so is what was paid in it before.
    expect(fourth.dev.tokenAddress).toBe(third.dev.tokenAddress)
    const four = await enter(fourth)
    expect(await four.instances()).toHaveLength(3)
    expect(await four.tokens()).toBe(again)
    expect(await four.voucher()).toBeNull()
    const last = await four.work(1)
    await four.settle()
    expect(await four.tokens()).toBe(again + last)
    expect(await four.paid()).toBe(last)
    expect((await four.balance()).halted).toBeNull()
    await four.leave()
  })
})
