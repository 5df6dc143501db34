/** What `get_site` tells of a site. */
export interface SiteTerms {
  readonly name: string
  readonly origins: readonly string[]
  readonly programs: readonly string[]
  readonly ownerBps: number
  readonly maxCpuPercent: number
  /** The owner's shortened address. */
  readonly owner: string
}

/** `/config.json` of the bridge's origin, as far as this frame needs it. */
export interface FrameConfig {
  readonly supabaseUrl: string
  readonly anonKey: string
  readonly sandboxUrl: string
  readonly dappUrl: string
}

/**
 * One call of the API; nothing of the visitor is in it. By hand: a client library would cost half of what a page may load
 * before the consent.
 *
 * @throws {Error} With the server's code as its message, or `OB101` where no answer came.
 */
export const callApi = async (
  { supabaseUrl, anonKey }: FrameConfig,
  name: string,
  args: object,
  { nodeKey, signal }: { readonly nodeKey?: string; readonly signal?: AbortSignal } = {},
): Promise<unknown> => {
  const inTime = AbortSignal.timeout(15_000)
  const response = await fetch(`${supabaseUrl}/rest/v1/rpc/${name}`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json', ...(nodeKey ? { 'x-node-key': nodeKey } : {}) },
    body: JSON.stringify(args),
    credentials: 'omit',
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
  }).catch(() => {
    throw new Error('OB101')
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const { code } = Object(answer) as { code?: unknown }
  throw new Error(typeof code === 'string' && /^OB\d{3}$/.test(code) ? code : 'OB104')
}

/** Everything around this frame, from the parent to the top: null where the browser does not tell. */
export const originsAround = (scope: Window): readonly string[] | null => {
  const { ancestorOrigins } = scope.location as { ancestorOrigins?: DOMStringList }
  return ancestorOrigins ? [...ancestorOrigins] : null
}
