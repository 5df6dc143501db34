/** What this page is served with at `/config.json`: public values only. */
export type Config = {
  supabaseUrl: string
  anonKey: string
  apiUrl: string
  rpcUrl: string
  chainId: number
  settlementAddress: `0x${string}`
  tokenAddress: `0x${string}`
  bridgeUrl: string
  /** A page of another origin that embeds the worker, to be shown; null where there is none. */
  embedDemoUrl: string | null
  /** Null on a local chain: transactions are then shown by a page of our own. */
  explorerUrl: string | null
  environment: 'development' | 'production'
  developmentAccounts: { address: `0x${string}`; role: 'operator' | 'customer' | 'provider' }[]
}

const urls = ['supabaseUrl', 'rpcUrl', 'bridgeUrl'] as const
const address = /^0x[0-9a-fA-F]{40}$/

/** Why a page cannot start; `message` says what is wrong with which field. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** @throws {ConfigError} for the first field that is not what it should be. */
export function readConfig(value: unknown): Config {
  if (typeof value !== 'object' || value === null) throw new ConfigError('/config.json does not hold an object.')
  const given = value as Record<string, unknown>
  for (const name of urls) {
    if (typeof given[name] !== 'string' || !URL.canParse(given[name]))
      throw new ConfigError(`/config.json gives no URL as ${name}.`)
  }
  if (typeof given.anonKey !== 'string' || given.anonKey === '') throw new ConfigError('/config.json gives no anonKey.')
  if (!Number.isSafeInteger(given.chainId)) throw new ConfigError('/config.json gives no number as chainId.')
  for (const name of ['settlementAddress', 'tokenAddress']) {
    if (typeof given[name] !== 'string' || !address.test(given[name]))
      throw new ConfigError(`/config.json gives no address as ${name}.`)
  }
  const development = given.environment === 'development'
  return {
    ...(given as unknown as Config),
    embedDemoUrl:
      typeof given.embedDemoUrl === 'string' && URL.canParse(given.embedDemoUrl) ? given.embedDemoUrl : null,
    explorerUrl: typeof given.explorerUrl === 'string' ? given.explorerUrl : null,
    environment: development ? 'development' : 'production',
    // Test keys are public: outside development they are not offered, whatever the file says.
    developmentAccounts: development && Array.isArray(given.developmentAccounts) ? given.developmentAccounts : [],
  }
}

/** Reads the file that the server of this page holds. */
export async function loadConfig(fetcher: typeof fetch = fetch): Promise<Config> {
  let answer: Response
  try {
    answer = await fetcher('/config.json', { cache: 'no-store' })
  } catch (cause) {
    throw new ConfigError('/config.json cannot be fetched: the server of this page does not answer.', { cause })
  }
  if (!answer.ok) throw new ConfigError(`/config.json answers ${answer.status}.`)
  const value: unknown = await answer.json().catch((cause: unknown) => {
    throw new ConfigError('/config.json is not JSON.', { cause })
  })
  return readConfig(value)
}
