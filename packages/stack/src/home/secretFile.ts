import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Writes JSON that only its owner may read, whole or not at all. */
export const writeSecretFile = (file: string, value: unknown): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Reads such a file; null where it is missing. */
export const readSecretFile = <T>(file: string): T | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null
