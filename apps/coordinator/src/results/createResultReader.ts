import { createHash, randomBytes } from 'node:crypto'
import type { Engine } from '../database/createEngine.ts'
import type { Logger } from '../log/createLogger.ts'
import { hashCanonical } from './hashCanonical.ts'

type Delivery = { jobId: string; attempt: number; resultHash: string; name: string }

/** What the bucket takes as well; checked while it is read, for a bucket can be set up anew by hand. */
const MAX_BYTES = 16 * 1024 * 1024
const WITHIN_MS = 120_000

/**
 * Reads the results that nodes have put into Storage, since Postgres cannot: each is hashed, written under its hash where
 * customers read it, and judged by the engine by what was read. Nothing is believed of what the node said (T12).
 *
 * It acts by a key of its own that the engine lets in for minutes at a time: it needs no service key.
 */
export function createResultReader(parameters: {
  engine: Engine
  supabaseUrl: string
  /** The project's public key. */
  supabaseKey: string
  log: Logger
}) {
  const { engine, supabaseKey, log } = parameters
  const key = randomBytes(32).toString('hex')
  const keyHash = createHash('sha256').update(key).digest('hex')
  const base = `${parameters.supabaseUrl.replace(/\/+$/, '')}/storage/v1/object`

  const ask = (method: string, path: string, signal: AbortSignal, body?: Uint8Array<ArrayBuffer> | string) =>
    fetch(`${base}/${path}`, {
      method,
      headers: {
        apikey: supabaseKey,
        authorization: `Bearer ${supabaseKey}`,
        'x-node-key': key,
        'content-type': 'application/json',
      },
      body: body ?? null,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]),
    })

  /** @throws what makes another try worth while. */
  const read = async (
    name: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | 'missing' | 'too large'> => {
    const response = await ask('GET', `authenticated/oblivion-results/${name}`, signal)
    if (!response.ok) {
      if ((await statusOf(response)) === '404') return 'missing'
      throw new Error(`Storage answered ${response.status} to a reading.`)
    }
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body ?? []) {
      size += part.byteLength
      if (size > MAX_BYTES) return 'too large'
      parts.push(part)
    }
    return new Uint8Array(Buffer.concat(parts))
  }

  const write = async (hash: string, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> => {
    const response = await ask('POST', `oblivion-results/results/${hash}`, signal, bytes)
    // What is there already was written by a coordinator under the same hash.
    if (!response.ok && (await statusOf(response)) !== '409')
      throw new Error(`Storage answered ${response.status} to a writing.`)
  }

  const remove = async (bucket: string, names: readonly string[], signal: AbortSignal): Promise<void> => {
    await ask('DELETE', bucket, signal, JSON.stringify({ prefixes: names }))
  }

  const check = async ({ jobId, attempt, resultHash, name }: Delivery, signal: AbortSignal): Promise<void> => {
    const bytes = await read(name, signal)
    const hash = typeof bytes === 'string' ? null : await hashCanonical(bytes)
    const size = bytes === 'missing' ? null : bytes === 'too large' ? MAX_BYTES + 1 : bytes.byteLength
    if (typeof bytes !== 'string' && hash === resultHash) await write(hash, bytes, signal)
    const verdict = await engine.call('judge_delivery', [jobId, attempt, hash, size])
    log.debug({ jobId, attempt, bytes: size, verdict }, 'a stored result was read')
    await remove('oblivion-results', [name], signal)
  }

  return {
    /** Reads what waits, the oldest first. One that cannot be read now keeps no other waiting. */
    async turn(signal: AbortSignal): Promise<void> {
      const due = (await engine.call('deliveries_due', [keyHash])) as Delivery[]
      const failures: unknown[] = []
      for (const delivery of due) {
        if (signal.aborted) return
        await check(delivery, signal).catch((error: unknown) => failures.push(error))
      }
      if (failures.length > 0) throw failures[0]
    },
    /** Removes uploads and inputs that nobody needs any more. */
    async sweep(signal: AbortSignal): Promise<void> {
      const uploads = (await engine.call('uploads_left', [keyHash])) as string[]
      if (uploads.length > 0) await remove('oblivion-results', uploads, signal)
      const inputs = (await engine.call('inputs_left', [keyHash])) as string[]
      if (inputs.length > 0) await remove('oblivion-inputs', inputs, signal)
    },
  }
}

/** Storage says in the body what it is about; its HTTP status is 400 either way. */
const statusOf = async (response: Response): Promise<unknown> =>
  ((await response.json().catch(() => null)) as { statusCode?: unknown } | null)?.statusCode
