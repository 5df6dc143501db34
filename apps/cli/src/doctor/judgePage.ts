import { type ContentPolicy, deciding, lineToAdd, policyAllows, readPolicies } from './contentPolicy.ts'
import { change, type Finding, note, ok } from './Finding.ts'
import type { Embedding, Page } from './readPage.ts'

/** What the frame needs of a page that is itself in a sandbox. */
const SANDBOX_NEEDS = ['allow-scripts', 'allow-same-origin', 'allow-popups']

/** What a page's own headers and tag say to the worker. Decides from what it is given, and asks nobody. */
export const judgePage = (page: Omit<Page, 'embedding'>, embedding: Embedding): readonly Finding[] => {
  const { url, headers, metaPolicies } = page
  const header = headers.get('content-security-policy')
  const sent = readPolicies(header ?? '')
  const policies = [...sent, ...metaPolicies.flatMap(readPolicies)]
  const reported = readPolicies(headers.get('content-security-policy-report-only') ?? '')
  return [
    judgeSecure(url, embedding),
    ...(embedding.script === null ? [] : [judgeScript(policies, embedding, embedding.script, url)]),
    ...judgeIntegrity(embedding),
    judgeFrame(policies, embedding, url),
    ...judgeReported(reported, embedding, url),
    // Browsers take a sandbox from the header alone.
    ...judgeSandbox(sent),
    ...judgeIsolation(headers),
    judgeBattery(headers, embedding),
  ]
}

/** The one feature that the frame asks for; every other may be forbidden to all. */
const judgeBattery = (headers: Headers, { bridgeUrl: { origin } }: Embedding): Finding => {
  const check = 'Permissions-Policy'
  const [, who] = /(?:^|,)\s*battery=(\([^)]*\)|[^,;]*)/.exec(headers.get('permissions-policy') ?? '') ?? []
  if (who === undefined || who.includes('*') || who.includes(`"${origin}"`)) {
    return ok(check, 'The frame may ask whether a machine runs on battery, and rests then.')
  }
  const says = 'By the standard the frame may not ask whether a machine runs on battery, and computes there too.'
  return note(check, says, `Permissions-Policy: battery=(self "${origin}")`)
}

const isLocal = ({ hostname }: URL): boolean => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
const isSecure = (url: URL): boolean => url.protocol === 'https:' || isLocal(url)

const judgeSecure = (url: URL, { bridgeUrl }: Embedding): Finding => {
  const check = 'https'
  if (!isSecure(url)) {
    return change(
      check,
      'Without https a browser gives the frame neither hashes nor locks.',
      'Serve the page by https.',
    )
  }
  if (url.protocol === 'https:' && !isSecure(bridgeUrl)) {
    return change(
      check,
      `${bridgeUrl.origin} is not secure, and the page is: browsers block it.`,
      'Use its https address.',
    )
  }
  return ok(check, 'The page is one to which browsers give everything that the frame needs.')
}

const judgeScript = (
  policies: readonly ContentPolicy[],
  { nonce, integrity }: Embedding,
  script: URL,
  page: URL,
): Finding => {
  const check = 'script-src'
  const against = policies.find((policy) => !policyAllows(policy, 'script-src', script, page, { nonce, integrity }))
  if (against === undefined) return ok(check, `The tag may load ${script.href}.`)
  const says = `The policy keeps ${script.href} out.`
  return deciding(against, 'script-src')?.sources.includes("'strict-dynamic'")
    ? change(check, `${says} With 'strict-dynamic' origins do not count.`, 'Give the tag the nonce of the page.')
    : change(check, says, `Content-Security-Policy: ${lineToAdd(against, 'script-src', script.origin)}`)
}

const judgeIntegrity = ({ script, integrity, crossorigin }: Embedding): readonly Finding[] => {
  if (script === null) return []
  const check = 'integrity'
  if (integrity === null) {
    const says = 'Without integrity the script may change under the same name.'
    return [note(check, says, 'The Embed page gives the tag with integrity.')]
  }
  return crossorigin
    ? [ok(check, 'The tag names the hash of its script.')]
    : [change(check, 'Browsers check the hash only of scripts that are asked for openly.', 'crossorigin="anonymous"')]
}

const frameOf = ({ bridgeUrl }: Embedding): URL => new URL('/embed.html', bridgeUrl)

const judgeFrame = (policies: readonly ContentPolicy[], embedding: Embedding, page: URL): Finding => {
  const check = 'frame-src'
  const frame = frameOf(embedding)
  const against = policies.find((policy) => !policyAllows(policy, 'frame-src', frame, page))
  if (against === undefined) return ok(check, `The page may show the frame of ${frame.origin}.`)
  const says = `The policy keeps the frame of ${frame.origin} out: the worker ends with OB283.`
  return change(check, says, `Content-Security-Policy: ${lineToAdd(against, 'frame-src', frame.origin)}`)
}

const judgeReported = (policies: readonly ContentPolicy[], embedding: Embedding, page: URL): readonly Finding[] => {
  const frame = frameOf(embedding)
  const against = policies.find((policy) => !policyAllows(policy, 'frame-src', frame, page))
  if (against === undefined) return []
  const line = `Content-Security-Policy-Report-Only: ${lineToAdd(against, 'frame-src', frame.origin)}`
  return [note('report-only', 'The policy that only reports would keep the frame out, and will report it.', line)]
}

const judgeSandbox = (policies: readonly ContentPolicy[]): readonly Finding[] =>
  policies.flatMap((policy) => {
    const granted = policy.get('sandbox')
    const lacks = granted === undefined ? [] : SANDBOX_NEEDS.filter((word) => !granted.includes(word))
    if (lacks.length === 0) return []
    const says = 'The page is in a sandbox of its own policy, and so is every frame in it.'
    return [change('sandbox', says, `Content-Security-Policy: sandbox ${[...(granted ?? []), ...lacks].join(' ')}`)]
  })

const judgeIsolation = (headers: Headers): readonly Finding[] => {
  const opener = headers.get('cross-origin-opener-policy')?.split(';')[0]?.trim()
  const embedder = headers.get('cross-origin-embedder-policy')?.split(';')[0]?.trim()
  return [
    ...(opener === 'same-origin'
      ? [
          note(
            'Cross-Origin-Opener-Policy',
            'A browser that asks for consent in a small window, as Firefox does, cuts the window off: OB282 there.',
            'Cross-Origin-Opener-Policy: same-origin-allow-popups',
          ),
        ]
      : []),
    ...(embedder === 'require-corp' || embedder === 'credentialless'
      ? [ok('Cross-Origin-Embedder-Policy', 'The frame sends what a page under it asks for.')]
      : []),
  ]
}
