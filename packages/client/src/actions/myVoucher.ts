import type { Voucher } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The newest voucher of the signed-in provider; null where none was signed yet.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myVoucher = async (client: Client, options: CallOptions = {}): Promise<Voucher | null> => {
  const call = 'my_voucher'
  const answer = await client.call(call, {}, options)
  if (answer === null) return null
  const voucher = fieldsOf(call, answer)
  return {
    chainId: voucher.number('chainId'),
    settlementAddress: voucher.text('settlementAddress'),
    provider: voucher.text('provider'),
    cumulative: voucher.amount('cumulative'),
    settled: voucher.amount('settled'),
    claimable: voucher.amount('claimable'),
    signature: voucher.text('signature'),
  }
}
