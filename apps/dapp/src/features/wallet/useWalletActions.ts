import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { loadWallet } from './loadWallet.ts'

/** What a press may ask of the wallet; a failure is told in words and never thrown at the screen. */
export function useWalletActions() {
  const config = useConfig()
  return {
    async signIn(): Promise<void> {
      try {
        const kernel = await loadWallet(config)
        const { signIn } = await import('./signIn.ts')
        await signIn(kernel)
      } catch (error) {
        tellError(errorSentence(error, 'Signing in'))
      }
    },
    async switchChain(): Promise<void> {
      try {
        const kernel = await loadWallet(config)
        const { ensureChain } = await import('./ensureChain.ts')
        await ensureChain(kernel)
      } catch (error) {
        tellError(errorSentence(error, 'Switching the network'))
      }
    },
    async disconnect(): Promise<void> {
      try {
        const kernel = await loadWallet(config)
        const { disconnectWallet } = await import('./connectWallet.ts')
        await disconnectWallet(kernel)
        tell('Wallet disconnected. This browser is signed out.')
      } catch (error) {
        tellError(errorSentence(error, 'Disconnecting'))
      }
    },
  }
}
