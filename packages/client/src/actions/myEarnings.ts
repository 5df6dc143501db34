import type { Earnings } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * What the signed-in provider has earned, receipt by receipt.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myEarnings = async (client: Client, options: CallOptions = {}): Promise<Earnings> => {
  const call = 'my_earnings'
  const earnings = fieldsOf(call, await client.call(call, {}, options))
  return {
    total: earnings.amount('total'),
    pending: earnings.amount('pending'),
    claimable: earnings.amount('claimable'),
    settled: earnings.amount('settled'),
    fromSites: earnings.amount('fromSites'),
    receipts: earnings.list('receipts', (receipt) => ({
      receiptId: String(receipt.number('receiptId')),
      taskId: receipt.text('taskId'),
      title: receipt.text('title'),
      chunkIndex: receipt.number('chunkIndex'),
      jobId: receipt.text('jobId'),
      attempt: receipt.number('attempt'),
      asset: receipt.oneOf('asset', ['chain', 'card', 'test']),
      price: receipt.amount('price'),
      fee: receipt.amount('fee'),
      reward: receipt.amount('reward'),
      resultHash: receipt.text('resultHash'),
      startedAt: receipt.text('startedAt'),
      acceptedAt: receipt.text('acceptedAt'),
      state: receipt.oneOf('state', ['pending', 'claimable', 'settled', 'waiting', 'ripe', 'reversed', 'play']),
    })),
  }
}
