import { createConfig, createStorage, http, type Config as WagmiConfig } from 'wagmi'
import { getConnection, reconnect, watchConnection } from 'wagmi/actions'
import type { Config } from '../shell/config.ts'
import { followSession, setSession } from './followSession.ts'
import { settlementChain } from './settlementChain.ts'
import { tabStorage } from './tabStorage.ts'
import { rememberWallet, walletStore } from './walletStore.ts'

/** All code that touches wallets, loaded only when a page or a press needs it. */
export type WalletKernel = { config: Config; wagmi: WagmiConfig }

/**
 * Starts discovery (EIP-6963), restores the last connection, and from then on writes every change of wallet, account
 * and chain into the wallet store.
 */
export async function createWalletKernel(config: Config): Promise<WalletKernel> {
  if (config.environment === 'development') {
    const { announceDevelopmentWallets } = await import('./announceDevelopmentWallets.ts')
    // Before wagmi asks who is there: a development wallet must be found again by the restoring below.
    announceDevelopmentWallets(config)
  }
  const chain = settlementChain(config)
  const wagmi = createConfig({
    chains: [chain],
    transports: { [chain.id]: http(config.rpcUrl) },
    storage: createStorage({ key: 'oblivion.wagmi', storage: tabStorage }),
    pollingInterval: config.chainId === 31337 ? 500 : 4000,
  })
  const kernel: WalletKernel = { config, wagmi: wagmi as unknown as WagmiConfig }

  let followed: string | null = null
  const follow = () => {
    const connection = getConnection(kernel.wagmi)
    if (connection.status !== 'connected') {
      if (connection.status !== 'disconnected') return
      followed = null
      const previous = walletStore.get()
      if (previous.status === 'connected' || previous.status === 'restoring') {
        rememberWallet(null)
        walletStore.set({ status: 'none' })
      }
      return
    }
    const { address, chainId, connector } = connection
    const previous = walletStore.get()
    const same = previous.status === 'connected' && previous.address === address
    walletStore.set({
      status: 'connected',
      address,
      chainId,
      walletName: connector.name,
      session: same ? previous.session : 'checking',
    })
    rememberWallet(address)
    if (followed !== address) {
      followed = address
      // Where even its code does not come: a page that offers to sign in, and says what fails there, instead of none.
      followSession(config, address).catch(() => {
        followed = null
        setSession(address, 'none')
      })
    }
  }
  watchConnection(kernel.wagmi, { onChange: follow })
  const remembered = walletStore.get()
  walletStore.set({ status: 'restoring', address: 'address' in remembered ? remembered.address : null })
  await reconnect(kernel.wagmi).catch(() => [])
  follow()
  return kernel
}
