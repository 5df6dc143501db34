import type { Hash } from 'viem'
import { polygonChainId } from './assertDeploymentAllowed.ts'
import { ChainRefusedError } from './chainRefusedError.ts'

const amoyChainId = 80002

/** Hash of block 0 of the public chains that we deploy to: an RPC endpoint can claim any chain id. */
const known: Readonly<Record<number, Hash>> = {
  [polygonChainId]: '0xa9c28ce2141b56c474f1dc504bee9b01eb1bd7d1a507580d5519d4437a97de1b',
  [amoyChainId]: '0x7202b2b53c5a0836e773e319d18922cc756dd67432f9a1f65352b61f4406c697',
}

/**
 * Refuses a chain that only claims to be another one (M10): a contract on it would have an address, and take signatures,
 * that could count elsewhere.
 *
 * @param parameters.expected the hash that the operator names, in place of the known one
 * @throws ChainRefusedError `wrong_chain`
 */
export function assertGenesis(parameters: { chainId: number; genesisHash: Hash; expected?: Hash | undefined }): void {
  const { chainId, genesisHash } = parameters
  const expected = parameters.expected ?? known[chainId]
  if (expected === undefined || expected.toLowerCase() === genesisHash.toLowerCase()) return
  throw new ChainRefusedError(
    'wrong_chain',
    `RPC_URL says that it is chain ${chainId}, but its block 0 is ${genesisHash} and not ${expected}. Use an endpoint of ` +
      'the real chain; for a private one with this id, name its block 0 in GENESIS_HASH.',
  )
}
