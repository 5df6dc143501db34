import type { Page } from 'playwright-core'

/** What a test can do to the wallet in the page. */
export type TestWallet = {
  accounts: string[]
  /** Whose address it hands out when a page asks to connect; the first account where null. */
  impostor: string | null
  chainId: string
  knownChains: string[]
  rejects: string[]
  asked: string[]
  emit: (event: string, value: unknown) => void
}

declare global {
  interface Window {
    testWallet: TestWallet
  }
}

/**
 * Puts a wallet of another make into a page: announced as EIP-6963 says, signing through the chain's own accounts, and
 * doing what people and wallets do that a development wallet never does: reject, switch accounts, be elsewhere.
 */
export async function installTestWallet(page: Page, rpcUrl: string, accounts: readonly string[]): Promise<void> {
  await page.addInitScript(
    ({ rpcUrl, accounts }) => {
      const listeners = new Map<string, Set<(value: unknown) => void>>()
      const failure = (code: number, message: string) => Object.assign(new Error(message), { code })
      let allowed = false
      const wallet: TestWallet = {
        accounts: [...accounts],
        impostor: null,
        chainId: '0x7a69',
        knownChains: ['0x7a69'],
        rejects: [],
        asked: [],
        emit: (event, value) => {
          for (const listener of listeners.get(event) ?? []) listener(value)
        },
      }
      window.testWallet = wallet
      const moveTo = (chainId: string) => {
        wallet.chainId = chainId
        wallet.emit('chainChanged', chainId)
        return null
      }
      const provider = {
        async request({ method, params = [] }: { method: string; params?: unknown[] }): Promise<unknown> {
          wallet.asked.push(method)
          if (wallet.rejects.includes(method)) throw failure(4001, 'User rejected the request.')
          const [first, second] = params as [{ chainId?: string }, unknown]
          switch (method) {
            case 'eth_chainId':
              return wallet.chainId
            case 'eth_accounts':
              return allowed ? wallet.accounts : []
            case 'eth_requestAccounts':
              allowed = true
              return wallet.impostor ? [wallet.impostor] : wallet.accounts
            case 'wallet_requestPermissions':
              throw failure(4200, 'not supported')
            case 'wallet_switchEthereumChain':
              if (!wallet.knownChains.includes(first.chainId ?? '')) throw failure(4902, 'Unrecognized chain.')
              return moveTo(first.chainId ?? '')
            case 'wallet_addEthereumChain':
              wallet.knownChains.push(first.chainId ?? '')
              return moveTo(first.chainId ?? '')
          }
          const call = method === 'personal_sign' ? { method: 'eth_sign', params: [second, first] } : { method, params }
          const answer = await fetch(rpcUrl, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...call }),
          })
          const { result, error } = (await answer.json()) as {
            result?: unknown
            error?: { code: number; message: string }
          }
          if (error) throw failure(error.code, error.message)
          return result
        },
        on: (event: string, listener: (value: unknown) => void) => {
          listeners.set(event, (listeners.get(event) ?? new Set()).add(listener))
        },
        removeListener: (event: string, listener: (value: unknown) => void) => listeners.get(event)?.delete(listener),
      }
      const info = {
        uuid: crypto.randomUUID(),
        name: 'Test wallet',
        rdns: 'example.test.wallet',
        icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
      }
      const announce = () =>
        window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
      window.addEventListener('eip6963:requestProvider', announce)
      announce()
    },
    { rpcUrl, accounts },
  )
}
