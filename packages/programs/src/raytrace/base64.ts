const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64 with padding. Own, since a program in the sandbox has no `btoa` and Node's Buffer is not everywhere. */
export const encodeBase64 = (bytes: Uint8Array): string => {
  const rows: string[] = []
  for (let from = 0; from < bytes.length; from += 3072) {
    const to = Math.min(from + 3072, bytes.length)
    let row = ''
    for (let i = from; i < to; i += 3) {
      const a = bytes[i] as number
      const b = bytes[i + 1] ?? 0
      const c = bytes[i + 2] ?? 0
      row += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | (b >> 4))
      row += i + 1 < to ? ALPHABET.charAt(((b & 15) << 2) | (c >> 6)) : '='
      row += i + 2 < to ? ALPHABET.charAt(c & 63) : '='
    }
    rows.push(row)
  }
  return rows.join('')
}

const digitOf = /* @__PURE__ */ (() => {
  const table = new Int16Array(128).fill(-1)
  for (let i = 0; i < 64; i++) table[ALPHABET.charCodeAt(i)] = i
  return table
})()

/** The bytes of canonical base64, or null for any other text: a result comes from a stranger. */
export const decodeBase64 = (text: string): Uint8Array | null => {
  if (text.length % 4 !== 0) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const digits = text.length - padding
  let bits = 0
  let held = 0
  let at = 0
  for (let i = 0; i < digits; i++) {
    const value = digitOf[text.charCodeAt(i)] ?? -1
    if (value < 0) return null
    bits = ((bits << 6) | value) & 0xffffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[at++] = (bits >> held) & 255
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : null
}
