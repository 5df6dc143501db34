import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decideSettlement, type SettlementInstance, sayDecision } from '../src/settlement/decideSettlement.ts'
import { startTestStack, type TestStack } from '../src/testing/index.ts'
import { enterPayouts, PRICE } from './enterPayouts.ts'

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
  const enter = async (stack: TestStack) => {
    const payouts = await enterPayouts(stack)
    return { ...payouts, leave: () => payouts.leave().then(() => stack.stop()) }
  }

  test('wiped, and fallen behind: it is said, a new contract is opened, and nobody is paid twice', async () => {
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
