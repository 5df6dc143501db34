import { canonicalJson } from './canonicalJson.ts'
import { sha256Hex } from './sha256Hex.ts'

/**
 * The hash by which a result is reported, checked by the server and compared between providers: SHA-256 of the
 * canonical text (RFC 8785), in hex.
 *
 * @throws {NotJsonError} where the value is not JSON, see `canonicalJson`.
 */
export const resultHash = (result: unknown): string => sha256Hex(canonicalJson(result))
