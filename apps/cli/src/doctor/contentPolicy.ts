// Content-Security-Policy, as far as a frame and a script of another origin are concerned: CSP level 3, "matching".

/** Directives of one policy by name; where one stands twice, the first counts. */
export type ContentPolicy = ReadonlyMap<string, readonly string[]>

/** A header may hold several policies, and all of them hold. */
export const readPolicies = (header: string): readonly ContentPolicy[] =>
  header
    .split(',')
    .map((text) => {
      const policy = new Map<string, readonly string[]>()
      for (const directive of text.split(';')) {
        const [name = '', ...sources] = directive.trim().split(/\s+/)
        if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources)
      }
      return policy
    })
    .filter((policy) => policy.size > 0)

const fallbacks = {
  'frame-src': ['frame-src', 'child-src', 'default-src'],
  'script-src': ['script-src-elem', 'script-src', 'default-src'],
} as const
export type Fetched = keyof typeof fallbacks

/** The directive of the policy that decides, and its sources; null where none does. */
export const deciding = (policy: ContentPolicy, what: Fetched): { name: string; sources: readonly string[] } | null => {
  for (const name of fallbacks[what]) {
    const sources = policy.get(name)
    if (sources !== undefined) return { name, sources }
  }
  return null
}

const defaultPort: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }
const portOf = ({ protocol, port }: URL): string => port || (defaultPort[protocol] ?? '')
/** `http:` also stands for its secure form. */
const schemeFits = (scheme: string, { protocol }: URL): boolean =>
  scheme === protocol || (scheme === 'http:' && protocol === 'https:')

const hostFits = (host: string, name: string): boolean =>
  host === '*' || (host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host)

/** Whether one source expression, nonces and hashes apart, lets a page at `page` load `url`. */
export const sourceAllows = (source: string, url: URL, page: URL): boolean => {
  if (source === '*') return defaultPort[url.protocol] !== undefined || url.protocol === page.protocol
  if (source.toLowerCase() === "'self'") {
    return url.hostname === page.hostname && portOf(url) === portOf(page) && schemeFits(page.protocol, url)
  }
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return schemeFits(source.toLowerCase(), url)
  const [, scheme, host = '', port, path = ''] =
    /^(?:([a-z][a-z0-9+.-]*:)\/\/)?([^/:']+)(?::(\d+|\*))?(\/[^?#]*)?$/i.exec(source) ?? []
  if (host === '') return false
  if (!schemeFits(scheme?.toLowerCase() ?? page.protocol, url) || !hostFits(host.toLowerCase(), url.hostname))
    return false
  if (port === undefined ? portOf(url) !== defaultPort[url.protocol] : port !== '*' && port !== portOf(url))
    return false
  return path === '' || (path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path)
}

/** A script tag, as its policy sees it. */
export interface ScriptTag {
  readonly nonce: string | null
  readonly integrity: string | null
}

/** Whether a policy lets a page load `url` as a frame, or by that script tag. */
export const policyAllows = (policy: ContentPolicy, what: Fetched, url: URL, page: URL, tag?: ScriptTag): boolean => {
  const decides = deciding(policy, what)
  if (decides === null) return true
  const { sources } = decides
  if (tag?.nonce && sources.includes(`'nonce-${tag.nonce}'`)) return true
  if (tag?.integrity?.split(/\s+/).every((hash) => sources.includes(`'${hash}'`))) return true
  if (what === 'script-src' && sources.includes("'strict-dynamic'")) return false
  return sources.some((source) => sourceAllows(source, url, page))
}

/** The directive as it should stand: with what the deciding one allows already, and the origin. */
export const lineToAdd = (policy: ContentPolicy, what: Fetched, origin: string): string => {
  const decides = deciding(policy, what)
  const name = decides?.name === 'default-src' ? what : (decides?.name ?? what)
  const before = (decides?.sources ?? []).filter((source) => source !== "'none'")
  return [name, ...before, origin].join(' ')
}
