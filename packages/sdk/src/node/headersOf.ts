/**
 * Headers of the three origins and of our frames on other people's pages, as templates. Whoever serves the pages fills in the
 * origins: {api}, {bridge}, {sandbox} and {dapp}; for the dApp {realtime}, which is {api} by ws or wss, {coordinator}, {rpc}, and {demo},
 * a page that shows the worker embedded, or nothing.
 *
 * The sandbox's are what keeps a job from the network (tried in Chromium 156 and Firefox ESR 153): without the
 * `Connection-Allowlist` Chromium leaves WebRTC, navigation and DNS prefetch open in the frame. Firefox does not know it:
 * there the bridge's `frame-src` closes navigation, `X-DNS-Prefetch-Control` the prefetch, and the shim takes WebRTC and
 * whatever could preconnect away (`lockDownDocument`). The shim is inlined and allowed by its hash, since the allow-list
 * would block its file.
 */
export const headersOf = (
  shimHash: string,
): Record<'dapp' | 'bridge' | 'sandbox' | 'embed' | 'embedSandbox' | 'script', Record<string, string>> => ({
  // It holds the session and moves money: no page may frame it (A10), and no script but its own runs. It frames the bridge.
  dapp: {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      // React sets style attributes, and dialogs and toasts bring a style element.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self' {api} {realtime} {coordinator} {rpc} {bridge}",
      "worker-src 'none'",
      'frame-src {bridge} {demo}',
      "manifest-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    // A wallet may open a window of its own and must be able to answer.
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  },
  bridge: {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "connect-src 'self' {api}",
      'frame-src {sandbox}',
      'frame-ancestors {dapp}',
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...isolated,
  },
  sandbox: sandboxHeaders(shimHash, '{bridge} {dapp}'),
  // embed.html and consent.html. Any site may frame the first, and the second is a window of its own; which site a key works
  // on is the server's list and our frame's own look at what is around it.
  embed: {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "worker-src 'self'",
      "connect-src 'self' {api}",
      'frame-src {sandbox}',
      'frame-ancestors *',
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...isolated,
  },
  // Every ancestor of a frame has to be allowed, and the topmost is somebody's page. Nothing of anybody's is in a sandbox.
  embedSandbox: sandboxHeaders(shimHash, '*'),
  // embed.js, for `integrity` on any page.
  script: {
    'Access-Control-Allow-Origin': '*',
    'X-Content-Type-Options': 'nosniff',
    ...isolated,
  },
})

/**
 * So that the frame also loads below a page with `Cross-Origin-Embedder-Policy`: a document under one, and every worker and
 * frame in it, has to say the same of itself and let itself be used by others. Above a page without it changes nothing.
 */
const isolated = {
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

const sandboxHeaders = (shimHash: string, ancestors: string): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src blob: 'unsafe-eval' 'wasm-unsafe-eval' 'sha256-${shimHash}'`,
    'worker-src blob:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
    'sandbox allow-scripts',
  ].join('; '),
  'Connection-Allowlist': '()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy': EMPTY_PERMISSIONS,
  'X-DNS-Prefetch-Control': 'off',
  ...isolated,
})

/** Every feature that a frame could ask for, taken away. */
const EMPTY_PERMISSIONS = [
  'accelerometer',
  'autoplay',
  'bluetooth',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'web-share',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ')
