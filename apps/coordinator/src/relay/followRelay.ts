import type { WriteClient } from '@oblivion/contracts'
import { keccak256, parseTransaction, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { call, getBlock, getTransactionCount, getTransactionReceipt, sendRawTransaction } from 'viem/actions'
import type { Engine } from '../database/createEngine.ts'
import type { SettlementInstance } from '../database/ledger.ts'
import { addRelayTry, noteEnded, noteMined, noteReturned, readRelayQueue } from '../database/relay.ts'
import { describeError } from '../describeError.ts'
import { findOutage } from '../findOutage.ts'
import type { Logger } from '../log/createLogger.ts'
import { decideRelay } from './decideRelay.ts'
import { marketFees } from './marketFees.ts'
import type { RelayRules, RelayTransaction, RelayTry } from './RelayTransaction.ts'

/** What following and sending work with. */
export type RelayParts = {
  engine: Engine
  client: WriteClient
  relayer: PrivateKeyAccount
  instance: SettlementInstance
  rules: RelayRules
  now: () => number
  log: Logger
}

/** `free`: the next batch goes under `nonce`. `busy`: a batch waits for a block. */
export type RelayState = { kind: 'free'; nonce: number } | { kind: 'busy'; sinceMs: number; tries: number }

/**
 * Brings the queue of nonces up to what the chain says: notes what is in a block, what a reorganisation took out again, and
 * what is final; sends again, replaces or cancels what is in none.
 *
 * Everything is signed and kept before it is sent, so whoever died in between left the bytes behind, and sending them once
 * more is the same transaction.
 *
 * @param parameters.send false to look only: while settlement is halted nothing is sent
 */
export async function followRelay(parameters: RelayParts & { send: boolean }): Promise<RelayState> {
  const { engine, client, relayer, instance } = parameters
  const { address } = relayer
  const { nextNonce, open } = await readRelayQueue(engine, instance.instanceId, address)
  const latest = await getTransactionCount(client, { address, blockTag: 'latest' })
  // A node that lags, or a reorganisation, may show fewer than were used.
  const free: RelayState = { kind: 'free', nonce: Math.max(nextNonce, latest) }
  if (open.length === 0) return free
  const finalized = await getTransactionCount(client, { address, blockTag: 'finalized' })
  let busy: RelayState | null = null
  for (const transaction of open) {
    const used = transaction.nonce < latest
    if (used && (await noteUsed(parameters, transaction, transaction.nonce < finalized))) continue
    if (!used) {
      if (transaction.state === 'mined') await noteReturned(engine, transaction.id)
      if (parameters.send) await push(parameters, transaction)
    }
    busy ??= { kind: 'busy', sinceMs: transaction.openedAtMs, tries: transaction.tries.length }
  }
  return busy ?? free
}

/** Whether a used nonce is known to be in a block, or is over. */
async function noteUsed(parts: RelayParts, transaction: RelayTransaction, isFinal: boolean): Promise<boolean> {
  const { engine, log } = parts
  const { id, nonce, kind } = transaction
  const receipt = await findReceipt(parts, transaction)
  if (receipt === null) {
    // Before that the node may only lag.
    if (!isFinal) return transaction.state === 'mined'
    await noteEnded(engine, id)
    log.error({ nonce }, 'a nonce of the relayer was used by a transaction that is none of ours')
    return true
  }
  if (receipt.blockHash !== transaction.minedHash) {
    const { transactionHash, blockNumber, blockHash, gasUsed } = receipt
    const succeeded = receipt.status === 'success'
    await noteMined(engine, id, { hash: transactionHash, blockNumber, blockHash, succeeded })
    const cancelled = transaction.tries.some(({ hash, cancels }) => hash === transactionHash && cancels)
    const facts = { nonce, kind, transactionHash, gasUsed: Number(gasUsed) }
    if (cancelled) log.warn(facts, 'a batch was cancelled; its rows are due again')
    else if (succeeded) log.info(facts, 'a batch is in a block')
    else log.error(facts, 'a batch is in a block and failed; its rows are due again')
  }
  if (isFinal) await noteEnded(engine, id)
  return true
}

async function findReceipt({ client }: RelayParts, transaction: RelayTransaction): Promise<TransactionReceipt | null> {
  for (const { hash } of transaction.tries.toReversed()) {
    try {
      return await getTransactionReceipt(client, { hash })
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error
    }
  }
  return null
}

/** Sends the last bytes again, or replaces them. */
async function push(parts: RelayParts, transaction: RelayTransaction): Promise<void> {
  const { engine, client, relayer, rules, now, log } = parts
  const last = transaction.tries.at(-1)
  if (last === undefined) return
  const nowMs = now()
  if (nowMs - last.sentAtMs < rules.replaceAfterMs) return sendBytes(parts, last)
  const latest = await getBlock(client, { blockTag: 'latest' })
  const market = await marketFees(client, latest)
  const batch = parseTransaction(transaction.tries[0]?.raw ?? last.raw)
  const works = await wouldWork(parts, batch)
  const step = decideRelay({ tries: transaction.tries, market, works, nowMs, rules })
  if (step.kind === 'resend') return sendBytes(parts, last)
  const { nonce } = transaction
  const common = { type: 'eip1559', chainId: client.chain.id, nonce, ...step.fees } as const
  const raw = await relayer.signTransaction(
    step.cancels
      ? { ...common, to: relayer.address, value: 0n, gas: 21_000n }
      : { ...common, to: batch.to ?? null, data: batch.data ?? '0x', gas: transaction.gasLimit },
  )
  const next: RelayTry = { hash: keccak256(raw), raw, cancels: step.cancels, sentAtMs: nowMs, ...step.fees }
  if (!(await addRelayTry(engine, transaction.id, next))) return
  const facts = { nonce, maxFeePerGas: Number(next.maxFeePerGas), works }
  log.warn(
    facts,
    step.cancels ? 'a batch is in no block; freeing its nonce' : 'a batch is in no block; offering more for it',
  )
  await sendBytes(parts, next)
}

/** Whether the contract would take the batch now: a revoked settler's, or one while it is paused, costs gas for nothing. */
async function wouldWork(
  { client, relayer }: RelayParts,
  batch: Pick<ReturnType<typeof parseTransaction>, 'to' | 'data'>,
): Promise<boolean> {
  try {
    await call(client, { account: relayer.address, to: batch.to ?? null, data: batch.data ?? '0x' })
    return true
  } catch (error) {
    if (findOutage(error) !== null) throw error
    return false
  }
}

/**
 * Hands bytes to the node. What it says against them decides nothing: it knows them already, or the nonce is used, or
 * the relayer has too little; the next turn sees what became of them.
 */
export async function sendBytes({ client, log }: RelayParts, bytes: Pick<RelayTry, 'raw'>): Promise<void> {
  try {
    await sendRawTransaction(client, { serializedTransaction: bytes.raw })
  } catch (error) {
    if (findOutage(error) !== null) throw error
    log.debug({ error: describeError(error) }, 'the node did not take a transaction')
  }
}
