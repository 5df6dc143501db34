import type { Config } from '../shell/config.ts'
import { fetchPart } from '../shell/fetchPart.ts'
import type { WalletKernel } from './walletKernel.ts'

let loading: Promise<WalletKernel> | null = null

/** The wallet's code, loaded and started once. A failed load (an interrupted download) may be tried again. */
export function loadWallet(config: Config): Promise<WalletKernel> {
  loading ??= fetchPart(() => import('./walletKernel.ts'))
    .then(({ createWalletKernel }) => createWalletKernel(config))
    .catch((error: unknown) => {
      loading = null
      throw error
    })
  return loading
}
