import { createStore } from '../shell/createStore.ts'
import { tabStorage } from './tabStorage.ts'

/** Whether the server knows that the connected address is ours. */
export type SessionStatus = 'checking' | 'none' | 'signing' | 'signed-in'

/**
 * The wallet as screens see it. `remembered` is an address of an earlier visit: the bar can show it, and the wallet's
 * code is loaded only where a page needs it.
 */
export type WalletState =
  | { status: 'none' }
  | { status: 'remembered'; address: `0x${string}` }
  | { status: 'restoring'; address: `0x${string}` | null }
  | { status: 'connecting'; walletName: string }
  | {
      status: 'connected'
      address: `0x${string}`
      chainId: number
      walletName: string
      session: SessionStatus
    }

const key = 'oblivion.wallet'

function initial(): WalletState {
  const address = tabStorage.getItem(key)
  return address && /^0x[0-9a-fA-F]{40}$/.test(address)
    ? { status: 'remembered', address: address as `0x${string}` }
    : { status: 'none' }
}

export const walletStore = createStore<WalletState>(initial())

/** Remembers which address to show before the wallet's code is loaded. */
export function rememberWallet(address: string | null): void {
  if (address === null) tabStorage.removeItem(key)
  else tabStorage.setItem(key, address)
}

/** The address to show for a state, where there is one. */
export function walletAddress(state: WalletState): `0x${string}` | null {
  return 'address' in state ? state.address : null
}

/** The signed-in address, or null: what decides whether a page may ask for the caller's own data. */
export function signedInAddress(state: WalletState): `0x${string}` | null {
  return state.status === 'connected' && state.session === 'signed-in' ? state.address : null
}
