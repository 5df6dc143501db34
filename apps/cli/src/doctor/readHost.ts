export interface HostFile {
  readonly headers: Headers
  readonly body: string
}

/** `/config.json` of the bridge's origin. */
export interface HostConfig {
  readonly supabaseUrl: string
  readonly anonKey: string
  readonly sandboxUrl: string
  readonly dappUrl: string
}

/** Of `/config.json` of the dApp's origin: what its headers have to let it reach. */
export interface DappConfig {
  readonly apiUrl: string
  readonly rpcUrl: string
  readonly embedDemoUrl: string | null
}

const ofDapp = ['index.html'] as const
const ofBridge = ['embed.js', 'embed.html', 'consent.html', 'bridge.html'] as const
const ofSandbox = ['sandbox.html', 'embed/sandbox.html'] as const
type File = (typeof ofDapp)[number] | (typeof ofBridge)[number] | (typeof ofSandbox)[number]

/** What the worker's operator serves; null for what does not come. */
export interface Host {
  readonly bridgeUrl: URL
  readonly config: HostConfig | null
  readonly dapp: DappConfig | null
  readonly files: Readonly<Record<File, HostFile | null>>
}

const read = async (path: string, base: URL | string | null): Promise<HostFile | null> => {
  if (base === null) return null
  const response = await fetch(new URL(`/${path}`, base), { signal: AbortSignal.timeout(15_000) }).catch(() => null)
  return response?.ok ? { headers: response.headers, body: await response.text() } : null
}

const isUrl = (value: unknown): value is string => typeof value === 'string' && URL.canParse(value)

const parse = <Value>(file: HostFile | null): Partial<Value> => {
  try {
    return JSON.parse(file?.body ?? '') as Partial<Value>
  } catch {
    return {}
  }
}

const readConfig = (file: HostFile | null): HostConfig | null => {
  const { supabaseUrl, anonKey, sandboxUrl, dappUrl } = parse<HostConfig>(file)
  if (typeof anonKey !== 'string' || !isUrl(supabaseUrl) || !isUrl(sandboxUrl) || !isUrl(dappUrl)) return null
  return { anonKey, supabaseUrl, sandboxUrl, dappUrl }
}

const readDapp = (file: HostFile | null): DappConfig | null => {
  const { apiUrl, rpcUrl, embedDemoUrl } = parse<DappConfig>(file)
  if (!isUrl(apiUrl) || !isUrl(rpcUrl)) return null
  return { apiUrl, rpcUrl, embedDemoUrl: isUrl(embedDemoUrl) ? embedDemoUrl : null }
}

/** Fetches what the frame consists of, from where the page says that it comes, and the dApp that it leads to. */
export const readHost = async (bridgeUrl: URL): Promise<Host> => {
  const config = readConfig(await read('config.json', bridgeUrl))
  const each = async (names: readonly File[], base: URL | string | null) =>
    Promise.all(names.map(async (name) => [name, await read(name, base)] as const))
  const files = [
    ...(await each(ofBridge, bridgeUrl)),
    ...(await each(ofSandbox, config?.sandboxUrl ?? null)),
    ...(await each(ofDapp, config?.dappUrl ?? null)),
  ]
  const dapp = config && readDapp(await read('config.json', config.dappUrl))
  return { bridgeUrl, config, dapp, files: Object.fromEntries(files) as Host['files'] }
}
