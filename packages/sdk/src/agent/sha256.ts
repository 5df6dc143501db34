/**
 * SHA-256 as 64 hex digits, by the browser: core's `sha256Hex` brings 2 kB of code, and the agent's origin is a secure
 * context wherever its locks work (unlike the sandbox, whose opaque origin has no `crypto.subtle`).
 */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
