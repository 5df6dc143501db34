type Request = { method: string; params?: unknown }
type Listener = (...args: never[]) => void

/** What a wallet hands to a page (EIP-1193). */
export type Eip1193Provider = {
  request: (request: Request) => Promise<unknown>
  on: (event: string, listener: Listener) => void
  removeListener: (event: string, listener: Listener) => void
}

/** An error as EIP-1193 numbers them: 4200 not supported, 4100 not authorised, 4902 unknown chain. */
class ProviderError extends Error {
  override name = 'ProviderError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Signs or spends for one account: the address stands at this place of the parameters. */
const addressAt: Record<string, (params: unknown[]) => unknown> = {
  personal_sign: (params) => params[1],
  eth_signTypedData_v4: (params) => params[0],
  eth_sendTransaction: (params) => (params[0] as { from?: string } | undefined)?.from,
}

const reads =
  /^(eth_(call|chainId|blockNumber|estimateGas|gasPrice|maxPriorityFeePerGas|feeHistory|getBalance|getCode|getStorageAt|getTransactionCount|getTransactionByHash|getTransactionReceipt|getBlockByNumber|getBlockByHash|getLogs)|net_version|web3_clientVersion)$/

/** Whether this page was allowed to see the account; kept, so that a reload finds the wallet again. */
export type Permission = { get: () => boolean; set: (granted: boolean) => void }

type DevelopmentProviderParameters = {
  rpcUrl: string
  account: `0x${string}`
  permission: Permission
  fetch?: typeof globalThis.fetch
}

/**
 * A wallet over one unlocked account of the local chain, for development: it signs whatever the page asks without
 * asking anybody. Only what a page of ours needs is passed on, and only for its own account, so that the local node's
 * other accounts and its test methods stay out of reach of a bug here.
 */
export function developmentProvider({
  rpcUrl,
  account,
  permission,
  fetch = globalThis.fetch.bind(globalThis),
}: DevelopmentProviderParameters): Eip1193Provider {
  let id = 0
  async function forward(method: string, params: unknown): Promise<unknown> {
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
    })
    const { result, error } = (await answer.json()) as {
      result?: unknown
      error?: { code: number; message: string; data?: unknown }
    }
    if (error) throw Object.assign(new ProviderError(error.code, error.message), { data: error.data })
    return result
  }

  return {
    async request({ method, params = [] }) {
      const list = Array.isArray(params) ? (params as unknown[]) : []
      // As with any wallet, a page sees no account before it has asked for one.
      if (method === 'eth_accounts') return permission.get() ? [account] : []
      if (method === 'eth_requestAccounts') {
        permission.set(true)
        return [account]
      }
      if (method === 'wallet_requestPermissions') {
        permission.set(true)
        return [{ parentCapability: 'eth_accounts', caveats: [{ type: 'restrictReturnedAccounts', value: [account] }] }]
      }
      if (method === 'wallet_revokePermissions') {
        permission.set(false)
        return null
      }
      if (method === 'wallet_switchEthereumChain' || method === 'wallet_addEthereumChain') {
        const wanted = (list[0] as { chainId?: string } | undefined)?.chainId
        if (Number(wanted) === Number(await forward('eth_chainId', []))) return null
        throw new ProviderError(4902, 'The development wallet knows only the local chain.')
      }
      const owner = addressAt[method]
      if (owner) {
        if (String(owner(list)).toLowerCase() !== account.toLowerCase()) {
          throw new ProviderError(4100, 'The development wallet acts only for its own account.')
        }
        // The node's own word for the same signature (it adds EIP-191's prefix), with the parameters the other way round.
        if (method === 'personal_sign') return forward('eth_sign', [list[1], list[0]])
        return forward(method, list)
      }
      if (reads.test(method)) return forward(method, list)
      throw new ProviderError(4200, `The development wallet does not support ${method}.`)
    },
    // One account on one chain: nothing ever changes, so there is nothing to tell.
    on() {},
    removeListener() {},
  }
}
