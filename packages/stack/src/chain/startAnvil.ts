import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestClient, http, type PublicActions, publicActions, type TestClient } from 'viem'
import { foundry } from 'viem/chains'
import { dieWithParent } from '../process/boundCommand.ts'
import { endChild } from '../process/endChild.ts'
import { StackError } from '../StackError.ts'
import { chainAddress } from './chainAddress.ts'
import { type ChainStateFiles, type ChosenState, chooseState } from './chainState.ts'
import { locateAnvil } from './locateAnvil.ts'

/** What the stack does with its chain: read it, and move it by anvil's own methods. */
export type ChainClient = TestClient<'anvil'> & PublicActions

export type Anvil = {
  child: ChildProcess
  url: string
  client: ChainClient
  loaded: ChosenState
  /** Ends anvil, which writes its state first. */
  stop(): Promise<void>
}

const READY_WITHIN_MS = 60_000

/**
 * Starts a local chain with chain id 31337, from its last whole state where there is one.
 *
 * Without `--no-cors` every web page could read and send through it. After a load two empty blocks are mined: anvil
 * keeps account states in memory only, so `finalized` (two blocks behind the head) would point at a state that it no
 * longer has, and every read at `finalized` would fail.
 */
export const startAnvil = async (options: {
  folder: string
  logFile: string
  address?: string
  port: number
}): Promise<Anvil> => {
  const { folder, logFile, address = chainAddress(), port } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(dirname(logFile), { recursive: true })
  const files = chainStateFiles(folder)
  const loaded = chooseState(files)
  // An empty file, as a kill in the first dump leaves it, stops anvil from starting.
  if (loaded.from === 'none') rmSync(files.state, { force: true })
  const command = dieWithParent({
    file: locateAnvil(),
    args: [
      ...['--host', address, '--port', String(port), '--chain-id', String(foundry.id), '--no-cors', '--quiet'],
      ...['--slots-in-an-epoch', '1', '--state', files.state, '--state-interval', '1'],
      ...['--timestamp', String(genesisTime(folder, loaded))],
    ],
  })
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command.file, command.args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    // anvil keeps a cache below HOME; its home is ours.
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  })
  closeSync(log)
  const url = `http://${address}:${port}`
  const client = createTestClient({
    mode: 'anvil',
    chain: foundry,
    transport: http(url, { retryCount: 0 }),
    pollingInterval: 50,
    cacheTime: 0,
  }).extend(publicActions)
  try {
    await ready(child, client, logFile)
    // `--timestamp` also set the chain's clock back to its genesis.
    await client.request({ method: 'anvil_setTime', params: [Math.floor(Date.now() / 1000)] } as never)
    if (loaded.block > 0n) await client.mine({ blocks: 2 })
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return { child, url, client, loaded, stop: () => endChild(child, 'SIGINT', 4_000) }
}

/**
 * The time of the chain's first block, the same at every start.
 *
 * Found with anvil 1.7.1: it makes a genesis block before it loads the dump, and writes both into the next one, in any
 * order; whichever is loaded last is block 0 then. With one time both are the same block, and the genesis hash, by which
 * the ledger knows its chain, stays.
 */
const genesisTime = (folder: string, loaded: ChosenState): number => {
  const file = join(folder, 'genesis-time')
  if (loaded.from !== 'none' && existsSync(file)) return Number(readFileSync(file, 'utf8'))
  const now = Math.floor(Date.now() / 1000)
  writeFileSync(file, String(now), { mode: 0o600 })
  return now
}

/** The two state files of a chain's folder. */
export const chainStateFiles = (folder: string): ChainStateFiles => ({
  state: join(folder, 'state.json'),
  good: join(folder, 'state.good.json'),
})

const ready = async (child: ChildProcess, client: ChainClient, logFile: string): Promise<void> => {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StackError('child_ended', 'The local chain ended while starting.', `Its output is in ${logFile}.`)
    }
    try {
      await client.getBlockNumber()
      return
    } catch (cause) {
      if (performance.now() > deadline) {
        const seconds = READY_WITHIN_MS / 1000
        throw new StackError(
          'child_not_ready',
          `The local chain did not answer within ${seconds} s.`,
          `See ${logFile}.`,
          {
            cause,
          },
        )
      }
    }
    await sleep(20)
  }
}
