import { useEffect } from 'react'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { errorSentence } from '../shell/errorSentence.ts'
import { tellError } from '../shell/tell.ts'
import { loadWallet } from './loadWallet.ts'
import { walletStore } from './walletStore.ts'

/**
 * The wallet, for a page that needs it: loads its code and restores the last connection. Pages that do without, such
 * as Network, never call this.
 */
export function useWallet() {
  const config = useConfig()
  const wallet = useStore(walletStore)
  useEffect(() => {
    if (walletStore.get().status !== 'remembered') return
    loadWallet(config).catch((error: unknown) => {
      tellError(errorSentence(error, 'Loading the wallet'))
      // No page waits for it for ever: choosing a wallet tries again.
      walletStore.set((state) => (state.status === 'connected' ? state : { status: 'none' }))
    })
  }, [config])
  return wallet
}
