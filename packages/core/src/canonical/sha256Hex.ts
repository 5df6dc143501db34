import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * SHA-256 as 64 lower-case hex digits; text is taken as UTF-8.
 *
 * Not `crypto.subtle`: an opaque-origin frame has none, and an answer that is there at once keeps the agent's loop
 * free of one more await between computing and reporting.
 *
 * @example
 * sha256Hex('abc') // 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
 */
export const sha256Hex = (data: string | Uint8Array): string =>
  bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data))
