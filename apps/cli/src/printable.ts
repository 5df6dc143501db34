/**
 * JSON text as a terminal may show it: what would move the cursor, change colours, break the line or turn the direction of
 * reading is written as its escape. The value stays the same.
 */
export const printable = (json: string): string => json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)

const escaped = (sign: string): string =>
  Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
