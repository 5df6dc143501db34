import { readCustomer, readLimits, readProvider } from '@oblivion/contracts'
import { useQuery } from '@tanstack/react-query'
import { useConfig } from '../shell/ConfigContext.tsx'
import { chainClient } from './chainClient.ts'

/** What the contract says of a wallet as a customer and as a provider, and its limits. Read from the chain itself. */
export function useAccountOnChain(address: `0x${string}`) {
  const config = useConfig()
  return useQuery({
    queryKey: ['onChain', address],
    queryFn: async () => {
      const at = { settlement: config.settlementAddress }
      const [customer, provider, limits] = await Promise.all([
        readCustomer(chainClient(config), { ...at, customer: address }),
        readProvider(chainClient(config), { ...at, provider: address }),
        readLimits(chainClient(config), at),
      ])
      return { customer, provider, limits }
    },
    refetchInterval: 4000,
  })
}
