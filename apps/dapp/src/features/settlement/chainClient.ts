import { createPublicClient, http } from 'viem'
import type { Config } from '../shell/config.ts'
import { settlementChain } from '../wallet/settlementChain.ts'

function create(config: Config) {
  return createPublicClient({
    chain: settlementChain(config),
    transport: http(config.rpcUrl),
    pollingInterval: config.chainId === 31337 ? 500 : 4000,
  })
}

export type ChainClient = ReturnType<typeof create>

const clients = new WeakMap<Config, ChainClient>()

/** Reads the chain; needs no wallet. */
export function chainClient(config: Config): ChainClient {
  let client = clients.get(config)
  if (!client) {
    client = create(config)
    clients.set(config, client)
  }
  return client
}
