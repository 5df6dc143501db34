import { defineChain } from 'viem'
import type { Config } from '../shell/config.ts'
import { networkName } from '../shell/networkName.ts'

/** The chain of the configuration, in the form that viem, wagmi and `wallet_addEthereumChain` take. */
export function settlementChain(config: Config) {
  const { name, test } = networkName(config.chainId)
  const currency = config.chainId === 137 || config.chainId === 80002 ? 'POL' : 'ETH'
  return defineChain({
    id: config.chainId,
    name,
    testnet: test,
    nativeCurrency: { name: currency, symbol: currency, decimals: 18 },
    rpcUrls: { default: { http: [config.rpcUrl] } },
    ...(config.explorerUrl && { blockExplorers: { default: { name: 'Explorer', url: config.explorerUrl } } }),
  })
}
