import { SignatureRejectedError, WrongChainError } from '@oblivion/core'
import { getConnection, switchChain } from 'wagmi/actions'
import { isRejection } from './isRejection.ts'
import type { WalletKernel } from './walletKernel.ts'

/**
 * Puts the wallet on the chain of this deployment: switches, and where the wallet does not know the chain, adds it
 * (wagmi does the second when the first answers 4902).
 *
 * @throws {SignatureRejectedError} The person said no.
 * @throws {WrongChainError} The wallet cannot switch.
 */
export async function ensureChain(kernel: WalletKernel): Promise<void> {
  const { chainId } = kernel.config
  if (getConnection(kernel.wagmi).chainId === chainId) return
  try {
    await switchChain(kernel.wagmi, { chainId })
  } catch (error) {
    if (isRejection(error))
      throw new SignatureRejectedError({
        message: 'You kept the wallet on its network. Nothing was sent.',
        cause: error,
      })
    throw new WrongChainError({ cause: error })
  }
}
