import { type Address, type Hash, parseSignature } from 'viem'
import { signTypedData, simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import { readPermit } from './readPermit.ts'

/**
 * Puts `amount` into the sender's escrow with a signed permit: one signature and one transaction, no approval left over.
 *
 * @param parameters.deadline seconds since the epoch after which the permit is void
 * @returns the deposit's transaction, sent but not waited for
 */
export async function depositWithPermit(
  client: WriteClient,
  parameters: { settlement: Address; amount: bigint; deadline: bigint },
): Promise<Hash> {
  const { settlement, amount, deadline } = parameters
  const permit = await readPermit(client, { settlement, owner: client.account.address, amount, deadline })
  const signature = await signTypedData(client, { account: client.account, ...permit })
  const { r, s, yParity } = parseSignature(signature)
  const { request } = await simulateContract(client, {
    account: client.account,
    address: settlement,
    abi: settlementCallAbi,
    functionName: 'depositWithPermit',
    args: [amount, deadline, 27 + yParity, r, s],
  })
  return writeContract(client, request)
}
