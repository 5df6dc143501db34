/** What the dApp may reach, by origin. */
export type DappOrigins = { supabaseUrl: string; apiUrl: string; bridgeUrl: string; embedDemoUrl: string }

/**
 * Headers of the dApp. It holds the session and moves money, so no page may frame it and no script but its own runs;
 * it frames the bridge, and talks to the API, the coordinator and the chain behind the API.
 *
 * Inline styles stay allowed: React sets style attributes, and dialogs and toasts bring a style element.
 */
export const dappHeaders = ({ supabaseUrl, apiUrl, bridgeUrl, embedDemoUrl }: DappOrigins): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${supabaseUrl} ${supabaseUrl.replace(/^http/, 'ws')} ${apiUrl} ${bridgeUrl}`,
    "worker-src 'none'",
    `frame-src ${bridgeUrl} ${embedDemoUrl}`,
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // A wallet may open a window of its own and must be able to answer.
  'cross-origin-opener-policy': 'same-origin-allow-popups',
})
