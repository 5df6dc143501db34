// A thread for one stranger's text: parsing 16 MiB takes seconds and up to a gigabyte, and must not be felt by money.
import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { canonicalText } from '@oblivion/core'

const bytes = workerData as Uint8Array

/** As deep as the engine takes any value. */
const MAX_LEVELS = 64

/** Before anything is parsed: what is nested a million deep costs most, and breaks whoever writes it again. */
const levelsOf = (): number => {
  let level = 0
  let most = 0
  let quoted = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (quoted) {
      if (byte === 0x5c) index++
      else if (byte === 0x22) quoted = false
    } else if (byte === 0x22) quoted = true
    else if (byte === 0x5b || byte === 0x7b) most = Math.max(most, ++level)
    else if (byte === 0x5d || byte === 0x7d) level--
  }
  return most
}

/** The SHA-256 of the bytes where they are the canonical text of a JSON value of at most 64 levels, else null. */
const hashOf = (): string | null => {
  if (levelsOf() > MAX_LEVELS) return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (canonicalText(JSON.parse(text)) !== text) return null
  } catch {
    // No UTF-8, no JSON, or a text that UTF-8 cannot hold: all the same to whoever is not paid for it.
    return null
  }
  return createHash('sha256').update(bytes).digest('hex')
}

parentPort?.postMessage(hashOf())
