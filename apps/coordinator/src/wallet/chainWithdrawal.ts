import { type ReadClient, readCustomer, settlementCallAbi } from '@oblivion/contracts'
import { InsufficientBalanceError, InvalidInputError } from '@oblivion/core'
import type { Address } from 'viem'
import { getBlock, readContract } from 'viem/actions'
import { type Step, stepOf } from './Step.ts'

/**
 * Where a customer's way out of the contract stands, and what it sends next: `requestExit`, then nothing until `ripeAt`, then
 * `withdraw` until `lapsesAt`. All three are the customer's own; no operator can hasten or stop them. Times in seconds since
 * the epoch, amounts in the token's smallest unit.
 *
 * @param parameters.amount what to ask for where nothing was asked for yet
 * @throws InvalidInputError `OB005` where it is needed and missing
 * @throws InsufficientBalanceError `OB007` where the escrow holds less
 */
export async function chainWithdrawal(
  client: ReadClient,
  parameters: { settlement: Address; customer: Address; amount: bigint | null },
): Promise<{
  status: 'to_sign' | 'waiting'
  exiting: bigint
  ripeAt: bigint | null
  lapsesAt: bigint | null
  delaySeconds: bigint
  transactions: Step[]
}> {
  const { settlement, customer, amount } = parameters
  const { number: blockNumber, timestamp } = await getBlock(client, { blockTag: 'latest' })
  const [{ escrow, exiting, exitRipeAt, exitLapsesAt }, delaySeconds] = await Promise.all([
    readCustomer(client, { settlement, customer, blockNumber }),
    readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'exitDelay' }),
  ])
  if (exiting > 0n) {
    const ripe = timestamp >= exitRipeAt
    const at = { exiting, ripeAt: exitRipeAt, lapsesAt: exitLapsesAt, delaySeconds }
    return ripe
      ? { status: 'to_sign', ...at, transactions: [stepOf(settlement, 'withdraw', [])] }
      : { status: 'waiting', ...at, transactions: [] }
  }
  if (amount === null) {
    throw new InvalidInputError({
      message: 'Nothing was asked for yet, so say how much.',
      values: { field: 'amount', reason: 'missing' },
    })
  }
  if (amount > escrow) {
    throw new InsufficientBalanceError({
      message: 'The contract holds less of yours than this.',
      hint: 'Ask for less.',
      values: { needed: String(amount), free: String(escrow) },
    })
  }
  const transactions = [stepOf(settlement, 'requestExit', [amount])]
  return { status: 'to_sign', exiting, ripeAt: null, lapsesAt: null, delaySeconds, transactions }
}
