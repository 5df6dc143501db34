import type { Config } from '../shell/config.ts'
import { checksumAddress } from './checksumAddress.ts'
import { developmentProvider, type Permission } from './developmentProvider.ts'
import { developmentRdns, developmentWalletName } from './developmentWallets.ts'
import { tabStorage } from './tabStorage.ts'

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#b07a10" stroke-width="2"><circle cx="9" cy="12" r="4"/><path d="M13 12h8v3M18 12v3"/></svg>',
)}`

/**
 * Announces one wallet per development account, the way a browser extension announces itself (EIP-6963), so that all
 * code behind it is the code that real wallets meet. Called only where the configuration says `development`.
 *
 * @returns A function that stops the announcing.
 */
export function announceDevelopmentWallets(config: Config): () => void {
  const counts: Record<string, number> = {}
  const details = config.developmentAccounts.map(({ address, role }) => {
    counts[role] = (counts[role] ?? 0) + 1
    const account = checksumAddress(address)
    const info = {
      uuid: crypto.randomUUID(),
      name: developmentWalletName(role, counts[role], account),
      icon,
      // wagmi tells wallets apart by this name, so each account needs its own.
      rdns: developmentRdns(role, counts[role]),
    }
    return Object.freeze({
      info: Object.freeze(info),
      provider: developmentProvider({ rpcUrl: config.rpcUrl, account, permission: permissionOf(account) }),
    })
  })
  const announce = () => {
    for (const detail of details) window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }))
  }
  window.addEventListener('eip6963:requestProvider', announce)
  announce()
  return () => window.removeEventListener('eip6963:requestProvider', announce)
}

function permissionOf(account: string): Permission {
  const key = `oblivion.development.${account}`
  return {
    get: () => tabStorage.getItem(key) === 'granted',
    set: (granted) => (granted ? tabStorage.setItem(key, 'granted') : tabStorage.removeItem(key)),
  }
}
