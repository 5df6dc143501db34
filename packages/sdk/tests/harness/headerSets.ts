/**
 * How a page brings the worker in: by the script tag, by that with a nonce, by a bundle of the site's own, by a bare frame.
 */
export type Tag = 'tag' | 'nonce' | 'own' | 'frame'

type HeaderSet = readonly [name: string, headers: Readonly<Record<string, string>>, tag: Tag]

const csp = 'Content-Security-Policy'
/** Headers that sites have, below which the worker can work; `{bridge}` is the origin of its frame. */
export const works: readonly HeaderSet[] = [
  ['no headers', {}, 'tag'],
  ['a permissive policy', { [csp]: "default-src * 'unsafe-inline' 'unsafe-eval' data: blob:" }, 'tag'],
  [
    "default-src 'self' and ours",
    { [csp]: "default-src 'self'; script-src 'self' {bridge}; frame-src {bridge}" },
    'tag',
  ],
  [
    'a nonce and strict-dynamic',
    { [csp]: "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; frame-src {bridge}" },
    'nonce',
  ],
  ['Trusted Types', { [csp]: "require-trusted-types-for 'script'; trusted-types 'none'" }, 'tag'],
  [
    'COOP and COEP require-corp',
    { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    'tag',
  ],
  [
    'COOP and COEP credentialless',
    { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless' },
    'tag',
  ],
  ['X-Frame-Options', { 'X-Frame-Options': 'DENY' }, 'tag'],
  ["a bundle of the site's own", { [csp]: "default-src 'self'; frame-src {bridge}" }, 'own'],
]

/** A18: with no script of anybody's. */
export const frameAlone: HeaderSet = [
  "default-src 'none' and frame-src ours, by the frame alone",
  { [csp]: "default-src 'none'; frame-src {bridge}" },
  'frame',
]

/** And below which it cannot, with the error that says so. */
export const forbidding: readonly (readonly [...HeaderSet, code: string])[] = [
  ["script-src and frame-src without ours, by the site's own bundle", { [csp]: "default-src 'self'" }, 'own', 'OB283'],
  ['frame-src without ours, by the tag', { [csp]: "script-src {bridge}; frame-src 'self'" }, 'tag', 'OB283'],
]
