import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { accounts } from '../src/chain/accounts.ts'
import { chainAddress } from '../src/chain/chainAddress.ts'
import { chooseState, keepGoodCopy } from '../src/chain/chainState.ts'
import { isFinalityDue } from '../src/chain/decideFinality.ts'
import { type Anvil, chainStateFiles, startAnvil } from '../src/chain/startAnvil.ts'
import { watchChain } from '../src/chain/watchChain.ts'
import { freePort } from '../src/process/reservePort.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oblivion-chain-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('when a block becomes final', () => {
  const waiting = { block: 7n, since: 1_000 }

  test.each([
    ['nothing waits', { now: 9_999, saved: 7n, waiting: null }, false],
    ['too young', { now: 2_499, saved: 7n, waiting }, false],
    ['old enough and saved', { now: 2_500, saved: 7n, waiting }, true],
    ['old enough, not saved yet', { now: 2_500, saved: 6n, waiting }, false],
    ['never saved: the chain goes on all the same', { now: 6_500, saved: 6n, waiting }, true],
  ])('%s', (_, facts, due) => expect(isFinalityDue(facts)).toBe(due))
})

describe('which state is loaded', () => {
  const dump = (block: number, pad = '') => JSON.stringify({ accounts: { pad }, best_block_number: block, blocks: [] })

  test('the dump where it is whole and not older than the copy', () => {
    const files = chainStateFiles(folder)
    writeFileSync(files.state, dump(5))
    writeFileSync(files.good, dump(4))
    expect(chooseState(files)).toEqual({ from: 'dump', block: 5n })
  })

  test('the copy where the dump was cut short, is empty, or is gone', () => {
    const files = chainStateFiles(folder)
    for (const broken of [dump(9, 'x'.repeat(1000)).slice(0, 500), '', null]) {
      writeFileSync(files.good, dump(4))
      if (broken === null) rmSync(files.state)
      else writeFileSync(files.state, broken)
      expect(chooseState(files)).toEqual({ from: 'copy', block: 4n })
      expect(readFileSync(files.state, 'utf8')).toBe(dump(4))
    }
  })

  test('none where both are useless', () => {
    expect(chooseState(chainStateFiles(folder))).toEqual({ from: 'none', block: 0n })
  })

  test('a copy is made of a whole dump only, and only once it has the wanted block', () => {
    const files = chainStateFiles(folder)
    writeFileSync(files.state, dump(5))
    expect(keepGoodCopy(files, 6n)).toBeNull()
    expect(keepGoodCopy(files, 5n)).toBe(5n)
    truncateSync(files.state, 10)
    expect(keepGoodCopy(files, 5n)).toBeNull()
    expect(chooseState(files)).toEqual({ from: 'copy', block: 5n })
  })
})

describe('a real chain', () => {
  let anvil: Anvil
  let watching: AbortController
  const start = async (): Promise<void> => {
    anvil = await startAnvil({ folder, logFile: join(folder, 'log'), address: chainAddress(), port: await freePort() })
    watching = new AbortController()
    void watchChain({ client: anvil.client, folder, signal: watching.signal })
  }
  const stop = async (): Promise<void> => {
    watching.abort()
    await anvil.stop()
  }
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      watching.abort()
      anvil.child.once('exit', () => resolve())
      anvil.child.kill('SIGKILL')
    })
  const send = async (): Promise<bigint> => {
    const [from, to] = accounts
    if (!from || !to) throw new Error('no accounts')
    await anvil.client.impersonateAccount({ address: from.address })
    const hash = await anvil.client.request({
      method: 'eth_sendTransaction',
      params: [{ from: from.address, to: to.address, value: '0x1' }],
    } as never)
    return (await anvil.client.waitForTransactionReceipt({ hash: hash as `0x${string}` })).blockNumber
  }
  const blockHash = async (number: bigint) => (await anvil.client.getBlock({ blockNumber: number })).hash
  const finalized = async () => (await anvil.client.getBlock({ blockTag: 'finalized' })).number

  test('a block with transactions becomes final by itself, and is in the saved state before', async () => {
    await start()
    const block = await send()
    expect(await finalized()).toBeLessThan(block)
    await vi.waitFor(async () => expect(await finalized()).toBe(block), { timeout: 90_000, interval: 20 })
    expect(chooseState(chainStateFiles(folder)).block).toBeGreaterThanOrEqual(block)
    // An idle chain stands still: no block without a reason.
    expect(await anvil.client.getBlockNumber()).toBe(block + 2n)
    await stop()
  })

  test('it goes on after being ended: same genesis each time, same blocks, readable at `finalized`', async () => {
    await start()
    const block = await send()
    const [genesis, hash] = [await blockHash(0n), await blockHash(block)]
    // anvil writes a second genesis block into its dump unless its time is pinned, and then picks one by chance.
    for (let round = 0; round < 4; round += 1) {
      await stop()
      await start()
      expect(await blockHash(0n)).toBe(genesis)
      expect(await blockHash(block)).toBe(hash)
      const [, to] = accounts
      const balance = await anvil.client.getBalance({ address: to?.address ?? '0x', blockTag: 'finalized' })
      expect(balance).toBe(10_000n * 10n ** 18n + 1n)
    }
    await stop()
  })

  test('killed, also in the middle of writing its state, it loses no block that was in the copy', async () => {
    // Some weight, so that writing the dump takes long enough to be hit.
    await start()
    for (let count = 0; count < 150; count += 1) await send()
    let kept = 0n
    for (let round = 0; round < 4; round += 1) {
      const block = await send()
      const hash = await blockHash(block)
      await vi.waitFor(
        () =>
          expect(
            JSON.parse(readFileSync(chainStateFiles(folder).good, 'utf8')).best_block_number,
          ).toBeGreaterThanOrEqual(Number(block)),
        { timeout: 90_000, interval: 10 },
      )
      await kill()
      if (round % 2 === 1) truncateSync(chainStateFiles(folder).state, 1000)
      await start()
      if (round % 2 === 1) expect(anvil.loaded.from).toBe('copy')
      expect(await blockHash(block)).toBe(hash)
      expect(block).toBeGreaterThan(kept)
      kept = block
    }
    await stop()
  })

  test.runIf(process.platform === 'linux')('it listens where no web page can look for it', async () => {
    await start()
    const { hostname, port } = new URL(anvil.url)
    expect(hostname).not.toBe('127.0.0.1')
    await expect(fetch(`http://127.0.0.1:${port}`, { method: 'POST' })).rejects.toThrow()
    await stop()
    expect(new Set(Array.from({ length: 50 }, () => chainAddress('linux'))).size).toBeGreaterThan(45)
    expect(chainAddress('darwin')).toBe('127.0.0.1')
  })

  test('its time is the present after a restart', async () => {
    mkdirSync(folder, { recursive: true })
    await start()
    await stop()
    writeFileSync(join(folder, 'genesis-time'), String(Math.floor(Date.now() / 1000) - 86_400))
    await start()
    await send()
    const { timestamp } = await anvil.client.getBlock()
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(30)
    await stop()
  })
})
