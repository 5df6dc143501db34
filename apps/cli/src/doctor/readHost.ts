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

const ofBridge = ['embed.js', 'embed.html', 'consent.html', 'bridge.html'] as const
const ofSandbox = ['sandbox.html', 'embed/sandbox.html'] as const
type File = (typeof ofBridge)[number] | (typeof ofSandbox)[number]

/** What the worker's operator serves; null for what does not come. */
export interface Host {
  readonly bridgeUrl: URL
  readonly config: HostConfig | null
  readonly files: Readonly<Record<File, HostFile | null>>
}

const read = async (path: string, base: URL | string | null): Promise<HostFile | null> => {
  if (base === null) return null
  const response = await fetch(new URL(`/${path}`, base), { signal: AbortSignal.timeout(15_000) }).catch(() => null)
  return response?.ok ? { headers: response.headers, body: await response.text() } : null
}

const readConfig = (text: string): HostConfig | null => {
  try {
    const { supabaseUrl, anonKey, sandboxUrl, dappUrl } = JSON.parse(text) as Partial<HostConfig>
    const urls = [supabaseUrl, sandboxUrl, dappUrl]
    if (typeof anonKey !== 'string' || !urls.every((url) => typeof url === 'string' && URL.canParse(url))) return null
    return { anonKey, supabaseUrl, sandboxUrl, dappUrl } as HostConfig
  } catch {
    return null
  }
}

/** Fetches what the frame consists of, from where the page says that it comes. */
export const readHost = async (bridgeUrl: URL): Promise<Host> => {
  const config = readConfig((await read('config.json', bridgeUrl))?.body ?? '')
  const each = async (names: readonly File[], base: URL | string | null) =>
    Promise.all(names.map(async (name) => [name, await read(name, base)] as const))
  const files = [...(await each(ofBridge, bridgeUrl)), ...(await each(ofSandbox, config?.sandboxUrl ?? null))]
  return { bridgeUrl, config, files: Object.fromEntries(files) as Host['files'] }
}
