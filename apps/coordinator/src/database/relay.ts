import type { Voucher } from '@oblivion/contracts'
import { type Address, getAddress, type Hash, type Hex } from 'viem'
import { z } from 'zod'
import type { RelayIntent, RelayTransaction, RelayTry } from '../relay/RelayTransaction.ts'
import type { Engine } from './createEngine.ts'

const amount = z.string().transform(BigInt)
const hash = z.string().transform((text) => text as Hash)
// The driver gives a bigint as text, jsonb gives it as a number.
const id = z.union([z.string(), z.number()]).transform(BigInt)

const queue = z.object({
  nextNonce: z.number(),
  open: z.array(
    z.object({
      id,
      nonce: z.number(),
      kind: z.enum(['charge', 'claim', 'settle']),
      gasLimit: amount,
      state: z.enum(['sending', 'mined']),
      minedHash: hash.nullable(),
      openedAtMs: z.number(),
      tries: z.array(
        z.object({
          hash,
          raw: z.string().transform((text) => text as Hex),
          maxFeePerGas: amount,
          maxPriorityFeePerGas: amount,
          cancels: z.boolean(),
          sentAtMs: z.number(),
        }),
      ),
    }),
  ),
})

const payouts = z.object({
  minimum: amount,
  vouchers: z.array(
    z.object({ provider: z.string().transform((text): Address => getAddress(text)), cumulative: amount }),
  ),
})

/** Nonces that have not ended, lowest first, and the first one that was never used for this instance. */
export async function readRelayQueue(
  engine: Engine,
  instanceId: bigint,
  relayer: Address,
): Promise<{ nextNonce: number; open: RelayTransaction[] }> {
  return queue.parse(await engine.call('relay_queue', [String(instanceId), relayer]))
}

/** Keeps a signed batch before it is sent. False where another one is on its way, or the nonce was used. */
export async function beginRelay(
  engine: Engine,
  parameters: { instanceId: bigint; relayer: Address; nonce: number; intent: RelayIntent; first: RelayTry },
): Promise<boolean> {
  const { instanceId, relayer, nonce, intent, first } = parameters
  const args = [String(instanceId), relayer, nonce, asJson(intent), asJson(first)]
  return (await engine.call('relay_begin', args)) !== null
}

/** Keeps another try for a nonce before it is sent. False where the nonce is in a block by now. */
export async function addRelayTry(engine: Engine, id: bigint, next: RelayTry): Promise<boolean> {
  return z.boolean().parse(await engine.call('relay_try', [String(id), asJson(next)]))
}

/** Notes in which block a try is. */
export async function noteMined(
  engine: Engine,
  id: bigint,
  mined: { hash: Hash; blockNumber: bigint; blockHash: Hash; succeeded: boolean },
): Promise<void> {
  const { blockNumber, blockHash, succeeded } = mined
  await engine.call('relay_mined', [String(id), mined.hash, String(blockNumber), blockHash, succeeded])
}

/** Notes that a reorganisation took it out of its block again. */
export async function noteReturned(engine: Engine, id: bigint): Promise<void> {
  await engine.call('relay_returned', [String(id)])
}

/** Notes that a nonce is used for good, by a try of ours or by a stranger. */
export async function noteEnded(engine: Engine, id: bigint): Promise<void> {
  await engine.call('relay_ended', [String(id)])
}

/** Vouchers that their providers want sent, who had a row longest ago first, and what is worth one. */
export async function readPayoutsDue(
  engine: Engine,
  instanceId: bigint,
): Promise<{ minimum: bigint; vouchers: Voucher[] }> {
  return payouts.parse(await engine.call('payouts_due', [String(instanceId)]))
}

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
