import { SignatureRejectedError } from '@oblivion/core'
import { connect, disconnect, type GetConnectorsReturnType, getConnection, getConnectors } from 'wagmi/actions'
import { isRejection } from './isRejection.ts'
import { supabaseFor } from './supabaseSession.ts'
import type { WalletKernel } from './walletKernel.ts'
import { rememberWallet, walletStore } from './walletStore.ts'

export type WalletChoice = GetConnectorsReturnType[number]

/** The wallets that have announced themselves so far. */
export function walletChoices(kernel: WalletKernel): readonly WalletChoice[] {
  return getConnectors(kernel.wagmi)
}

/** @throws {SignatureRejectedError} The person closed the wallet's question. */
export async function connectWallet(kernel: WalletKernel, choice: WalletChoice): Promise<void> {
  const current = getConnection(kernel.wagmi)
  if (current.status === 'connected' && current.connector.uid === choice.uid) return
  const before = walletStore.get()
  walletStore.set({ status: 'connecting', walletName: choice.name })
  try {
    if (current.status === 'connected') await disconnect(kernel.wagmi)
    await connect(kernel.wagmi, { connector: choice })
  } catch (error) {
    if (walletStore.get().status === 'connecting')
      walletStore.set(before.status === 'connected' ? { status: 'none' } : before)
    throw isRejection(error)
      ? new SignatureRejectedError({
          message: 'You closed the question of the wallet. Nothing was connected.',
          hint: '',
          cause: error,
        })
      : error
  }
}

/** Signs this browser out and forgets the connection: what is left behind can do nothing. */
export async function disconnectWallet(kernel: WalletKernel): Promise<void> {
  const state = walletStore.get()
  if (state.status === 'connected') {
    const supabase = await supabaseFor(kernel.config, state.address)
    // Without a connection to the server the session is still removed from this browser.
    await supabase.auth.signOut({ scope: 'local' }).catch(() => undefined)
  }
  await disconnect(kernel.wagmi)
  rememberWallet(null)
  walletStore.set({ status: 'none' })
}
