/**
 * Headers of the two origins, as templates: whoever serves the pages fills in {api}, {bridge}, {sandbox} and {dapp}.
 *
 * The sandbox's are what keeps a job from the network (tried in Chromium 156 and Firefox ESR 153): without the
 * `Connection-Allowlist` Chromium leaves WebRTC, navigation and DNS prefetch open in the frame, and in Firefox the bridge's
 * `frame-src` closes navigation. The shim is inlined and allowed by its hash, since the allow-list would block its file.
 */
export const headersOf = (shimHash: string): { readonly [origin in 'bridge' | 'sandbox']: Record<string, string> } => ({
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
  },
  sandbox: {
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src blob: 'unsafe-eval' 'wasm-unsafe-eval' 'sha256-${shimHash}'`,
      'worker-src blob:',
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      'frame-ancestors {bridge} {dapp}',
      'sandbox allow-scripts',
    ].join('; '),
    'Connection-Allowlist': '()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Permissions-Policy': EMPTY_PERMISSIONS,
    'X-DNS-Prefetch-Control': 'off',
  },
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
