import { UsageError } from '../UsageError.ts'

/** How a page brings the worker in. */
export interface Embedding {
  /** `module`: the site's own bundle, which also makes the element. */
  readonly kind: 'tag' | 'element' | 'frame' | 'module'
  readonly bridgeUrl: URL
  readonly siteKey: string | null
  /** The script's address, with `tag`. */
  readonly script: URL | null
  readonly nonce: string | null
  readonly integrity: string | null
  readonly crossorigin: boolean
}

export interface Page {
  /** After redirects. */
  readonly url: URL
  readonly headers: Headers
  /** Policies of `<meta http-equiv>`, as headers. */
  readonly metaPolicies: readonly string[]
  /** Found in the HTML; null where a script makes it, or nothing does. */
  readonly embedding: Embedding | null
}

const attributesOf = (tag: string): ReadonlyMap<string, string> =>
  new Map(
    [...tag.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)].slice(1).map((found) => {
      const [, name = '', double, single, bare] = found
      return [name.toLowerCase(), (double ?? single ?? bare ?? '').replaceAll('&amp;', '&')]
    }),
  )

const urlOf = (text: string | undefined, base: URL): URL | null =>
  text && URL.canParse(text, base) ? new URL(text, base) : null

/** The worker's tag, element or frame in a page's HTML. */
export const findEmbedding = (html: string, page: URL): Embedding | null => {
  const none = { siteKey: null, script: null, nonce: null, integrity: null, crossorigin: false }
  for (const [tag, name] of html
    .replace(/<!--[\s\S]*?-->/g, '')
    .matchAll(/<(script|oblivion-worker|iframe)\b[^>]*>/gi)) {
    const attributes = attributesOf(tag)
    const src = urlOf(attributes.get('src'), page)
    if (name?.toLowerCase() === 'script' && src !== null && attributes.has('data-site-key')) {
      return {
        kind: 'tag',
        bridgeUrl: new URL(src.origin),
        siteKey: attributes.get('data-site-key') ?? null,
        script: src,
        nonce: attributes.get('nonce') ?? null,
        integrity: attributes.get('integrity') ?? null,
        crossorigin: attributes.has('crossorigin'),
      }
    }
    const bridge = urlOf(attributes.get('bridge-url'), page)
    if (name?.toLowerCase() === 'oblivion-worker' && bridge !== null) {
      return { ...none, kind: 'element', bridgeUrl: bridge, siteKey: attributes.get('site-key') ?? null }
    }
    if (name?.toLowerCase() === 'iframe' && src?.pathname === '/embed.html') {
      return { ...none, kind: 'frame', bridgeUrl: new URL(src.origin), siteKey: src.hash.slice(1) || null }
    }
  }
  return null
}

/**
 * A page as a browser would first get it.
 *
 * @throws {UsageError} Where there is no page at the address.
 */
export const readPage = async (address: string): Promise<Page> => {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    throw new UsageError(`${address} is no address of a page: give one that begins with https://.`)
  }
  const response = await fetch(address, {
    headers: { accept: 'text/html' },
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: Error) => {
    throw new UsageError(`${address} does not answer: ${(cause.cause as Error | undefined)?.message ?? cause.message}`)
  })
  if (!response.ok) throw new UsageError(`${address} answers ${response.status}.`)
  const html = await response.text()
  const url = new URL(response.url)
  const metas = [...html.matchAll(/<meta\b[^>]*>/gi)].map(([tag]) => attributesOf(tag))
  return {
    url,
    headers: response.headers,
    metaPolicies: metas.flatMap((attributes) =>
      attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy'
        ? [attributes.get('content') ?? '']
        : [],
    ),
    embedding: findEmbedding(html, url),
  }
}
