import {
  type Charge,
  charge,
  chargesTypedData,
  claim,
  settlementAbi,
  voucherTypedData,
  type WriteClient,
} from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import { writeContract } from 'viem/actions'
import type { World } from './createWorld.ts'

/** What somebody can do who has the settler's key: sign whatever it likes. Anyone sends it. */
export function thiefWith(world: World, settler: PrivateKeyAccount) {
  const { chain } = world
  const domain = { chainId: chain.chainId, settlement: chain.settlement }
  return {
    /** Pays `provider` up to a total. */
    async claim(provider: `0x${string}`, cumulative: bigint) {
      const signature = await settler.signTypedData(voucherTypedData({ ...domain, provider, cumulative }))
      const hash = await claim(chain.stranger, { ...domain, provider, cumulative, signature })
      await chain.mined(hash)
    },
    async charge(...charges: Charge[]) {
      const signature = await settler.signTypedData(chargesTypedData({ ...domain, charges }))
      await chain.mined(await charge(chain.stranger, { ...domain, charges, signature }))
    },
  }
}

/** The values of the contract's enum `Change`, by position. */
export const changes = {
  settler: 0,
  guardian: 1,
  admin: 2,
  treasury: 3,
  chargeCap: 4,
  claimCap: 5,
  maxFeeBps: 6,
} as const

/** Sends a call of the stewards' part as `who`, and waits for its block. */
export async function steward(
  world: World,
  who: WriteClient,
  functionName: 'pause' | 'resume' | 'revokeSettler' | 'lower' | 'propose' | 'cancel' | 'execute',
  args: readonly (bigint | number)[] = [],
) {
  const call = { address: world.chain.settlement, abi: settlementAbi, functionName, args }
  await world.chain.mined(await writeContract(who, call as never))
}
