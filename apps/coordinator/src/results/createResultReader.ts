import { createHash, randomBytes } from 'node:crypto'
import type { Engine } from '../database/createEngine.ts'
import { describeError } from '../describeError.ts'
import type { Logger } from '../log/createLogger.ts'
import { hashCanonical } from './hashCanonical.ts'

type Delivery = { jobId: string; attempt: number; resultHash: string; name: string }

/** What the bucket takes as well; checked while it is read, for a bucket can be set up anew by hand. */
const MAX_BYTES = 16 * 1024 * 1024
const WITHIN_MS = 120_000
/** A turn begins nothing after this, so that the next renews the key: what has begun needs five minutes more at most. */
const WORK_MS = 240_000
/** For so long the key surely holds: the engine gives it ten minutes. Later, what Storage hides looks as if it were gone. */
const KEY_MS = 540_000

/** How often a delivery could not be judged, and whether hashing it took too long once. */
type Tries = { failures: number; wasLate: boolean }

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
  /** Milliseconds since the epoch. */
  now: () => number
  log: Logger
  hash?: typeof hashCanonical
}) {
  const { engine, supabaseKey, now, log, hash: hashOf = hashCanonical } = parameters
  const key = randomBytes(32).toString('hex')
  const keyHash = createHash('sha256').update(key).digest('hex')
  /** Of what waits, by name. */
  let waiting = new Map<string, Tries>()
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
    if (response.ok) return response.body?.cancel()
    // What is there already was written by a coordinator under the same hash.
    if ((await statusOf(response)) !== '409') throw new Error(`Storage answered ${response.status} to a writing.`)
  }

  /** Answers which of these names Storage did not remove. What it refuses together is asked for one by one. */
  const remove = async (bucket: string, names: readonly string[], signal: AbortSignal): Promise<string[]> => {
    const response = await ask('DELETE', bucket, signal, JSON.stringify({ prefixes: names }))
    if (response.ok) {
      const removed = new Set(((await response.json()) as { name: string }[]).map(({ name }) => name))
      return names.filter((name) => !removed.has(name))
    }
    await response.body?.cancel()
    if (names.length === 1) return [...names]
    const left: string[] = []
    for (const name of names) left.push(...(await remove(bucket, [name], signal)))
    return left
  }

  /** Late once may be a starved machine; late again it is the text. */
  const hashed = (bytes: Uint8Array, tries: Tries): Promise<string | null> =>
    hashOf(bytes).catch((error: unknown) => {
      const isLate = error instanceof DOMException && error.name === 'TimeoutError'
      if (isLate && tries.wasLate) return null
      tries.wasLate ||= isLate
      throw error
    })

  const check = async (
    { jobId, attempt, resultHash, name }: Delivery,
    { tries, openedAt, signal }: { tries: Tries; openedAt: number; signal: AbortSignal },
  ): Promise<void> => {
    const bytes = await read(name, signal)
    if (bytes === 'missing' && now() - openedAt > KEY_MS)
      throw new Error('Storage shows no upload, to a key that may have lapsed.')
    const hash = typeof bytes === 'string' ? null : await hashed(bytes, tries)
    const size = bytes === 'missing' ? null : bytes === 'too large' ? MAX_BYTES + 1 : bytes.byteLength
    if (typeof bytes !== 'string' && hash === resultHash) await write(hash, bytes, signal)
    const verdict = await engine.call('judge_delivery', [jobId, attempt, hash, size])
    log.debug({ jobId, attempt, bytes: size, verdict }, 'a stored result was read')
    if (bytes === 'missing') return
    // It is judged, and that stands: what stays is the sweep's.
    const left = await remove('oblivion-results', [name], signal).catch(() => [name])
    if (left.length > 0) log.warn({ jobId, attempt }, 'an upload that was read could not be removed now')
  }

  return {
    /**
     * Reads what waits, the oldest first; what could not be judged before comes after all others. One that cannot be read now
     * keeps no other waiting.
     *
     * @throws the first failure, so that the next turn comes later
     */
    async turn(signal: AbortSignal): Promise<void> {
      const openedAt = now()
      const due = (await engine.call('deliveries_due', [keyHash])) as Delivery[]
      const before = waiting
      const all = due.map((delivery) => {
        return { delivery, tries: before.get(delivery.name) ?? { failures: 0, wasLate: false } }
      })
      waiting = new Map(all.map(({ delivery, tries }) => [delivery.name, tries]))
      const failures: unknown[] = []
      for (const { delivery, tries } of all.sort((one, other) => one.tries.failures - other.tries.failures)) {
        if (signal.aborted || now() - openedAt >= WORK_MS) break
        await check(delivery, { tries, openedAt, signal }).catch((error: unknown) => {
          const { jobId, attempt } = delivery
          if (tries.failures === 0)
            log.warn({ jobId, attempt, error: describeError(error) }, 'a stored result cannot be judged; trying again')
          tries.failures += 1
          failures.push(error)
        })
      }
      if (failures.length > 0) throw failures[0]
    },
    /** Removes uploads, inputs and checkpoints that nobody needs any more. */
    async sweep(signal: AbortSignal): Promise<void> {
      // While the key holds; Storage that refuses slowly is asked again another time.
      const within = AbortSignal.any([signal, AbortSignal.timeout(WORK_MS)])
      const clear = async (bucket: string, names: readonly string[]) => {
        const left = names.length === 0 ? [] : await remove(bucket, names, within)
        if (left.length > 0)
          log.warn({ bucket, left: left.length, of: names.length }, 'Storage does not remove what nobody needs')
      }
      await clear('oblivion-results', (await engine.call('uploads_left', [keyHash])) as string[])
      await clear('oblivion-inputs', (await engine.call('inputs_left', [keyHash])) as string[])
      await clear('oblivion-checkpoints', (await engine.call('checkpoints_left', [keyHash])) as string[])
    },
  }
}

/** Storage says in the body what it is about; its HTTP status is 400 either way. */
const statusOf = async (response: Response): Promise<unknown> =>
  ((await response.json().catch(() => null)) as { statusCode?: unknown } | null)?.statusCode
