import type { WriteClient } from './clients.ts'
import { type Deployment, deployContract } from './deployContract.ts'
import { testUsdcAbi, testUsdcBytecode } from './generated/testUsdc.ts'

/**
 * Deploys the test token; the client's account is its minter.
 *
 * @throws ChainRefusedError on chain 137, and for published keys off a local chain
 */
export function deployTestUsdc(client: WriteClient): Promise<Deployment> {
  return deployContract(client, {
    abi: testUsdcAbi,
    bytecode: testUsdcBytecode,
    args: [],
    accounts: {},
    allowPolygon: false,
  })
}
