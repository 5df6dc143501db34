import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { listen } from './listen.ts'

export interface QueuedJob {
  /** A built-in's name, or a customer's program: its kind and source. */
  readonly program?:
    | string
    | { readonly kind: 'js' | 'wasm'; readonly source: string | Uint8Array; readonly maxMemoryMiB?: number }
  readonly input: unknown
  readonly timeoutSeconds?: number
  readonly maxResultBytes?: number
  /** In place of what the server would say of it. */
  readonly more?: object
}

export interface Call {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: the arguments of any function.
  readonly args: any
  readonly headers: IncomingMessage['headers']
  readonly at: number
}

export interface Queue {
  readonly url: string
  readonly calls: Call[]
  /** Reports taken, in order. */
  // biome-ignore lint/suspicious/noExplicitAny: as reported.
  readonly reports: any[]
  readonly push: (...jobs: QueuedJob[]) => void
  /** Answers of `heartbeat` from now on. */
  heartbeat: { leaseExpiresAt: string | null; cancel: boolean } | null
  /** How often the next calls of a function are cut off after the server has done its part: the answer is lost. */
  readonly lose: Map<string, number>
  /** Answers of a function come only once this is settled; what it does is done before. */
  readonly late: Map<string, Promise<void>>
  /** What `get_site` answers. */
  site: object | null
  /** What a node that gets nothing is told to wait, in milliseconds. */
  retryMs: number
  /** Refuses the node's key until it registers again. */
  refuseKey: boolean
  /** What a registration is refused with. */
  refuseRegistration: object | null
  /** Where Storage sends whoever asks it for anything; else it has nothing. */
  storage: string | null
  /** Resolves when a condition on the calls holds, checked after every call. */
  readonly until: <T>(what: () => T | undefined | false) => Promise<T>
  readonly close: () => Promise<void>
}

const SOON = 60_000

/**
 * The few functions that a node calls, as the database answers them, in memory. For tests of what the worker does on an
 * answer that a real server gives rarely; that the real one answers so is tested against the real one.
 */
export const startQueue = async (): Promise<Queue> => {
  const waiting: { job: QueuedJob; id: string }[] = []
  const held = new Map<string, string>()
  let registrations = 0
  let jobs = 0
  const watchers = new Set<() => void>()
  const lease = (): string => new Date(Date.now() + SOON).toISOString()

  const stored = new Map<string, { kind: string; source: string }>()
  const offered = ({ program = 'raytrace' }: QueuedJob) => {
    if (typeof program === 'string') return { kind: 'builtin', name: program }
    const bytes = Buffer.from(program.source)
    const hash = createHash('sha256').update(bytes).digest('hex')
    stored.set(hash, { kind: program.kind, source: bytes.toString('base64') })
    return { kind: program.kind, hash, reviewed: false, maxMemoryMiB: program.maxMemoryMiB ?? 4 }
  }

  const answer = (name: string, args: Record<string, unknown>): unknown => {
    if (name === 'register_node') {
      registrations++
      queue.refuseKey = false
      return {
        nodeId: '00000000-0000-4000-8000-000000000001',
        nodeSecret: `secret-${registrations}`,
        settings: { heartbeatSeconds: 1, maxJobs: 1, maxInlineBytes: 256_000 },
      }
    }
    if (name === 'get_site') return queue.site
    if (name === 'visitor_earnings') return { earned: '0', boundTo: null }
    if (name === 'get_program') return stored.get(args.p_hash as string)
    if (name === 'heartbeat') return queue.heartbeat ?? { leaseExpiresAt: lease(), cancel: false }
    const done = args.p_done as { jobId: string; attempt: number } | null
    let accepted: boolean | null = null
    if (done !== null) {
      accepted = true
      if (held.delete(done.jobId)) queue.reports.push(done)
    }
    const next = (args.p_claim as boolean | undefined) === false ? undefined : waiting.shift()
    if (next) held.set(next.id, name)
    return {
      job: next
        ? {
            jobId: next.id,
            attempt: 1,
            taskId: '00000000-0000-4000-8000-0000000000aa',
            title: 'A room',
            type: typeof next.job.program === 'string' ? next.job.program : 'raytrace',
            chunkIndex: Number(next.id.slice(-4)) - 1,
            chunkCount: 64,
            program: offered(next.job),
            input: next.job.input,
            leaseExpiresAt: lease(),
            limits: {
              timeoutSeconds: next.job.timeoutSeconds ?? 60,
              maxResultBytes: next.job.maxResultBytes ?? 256_000,
              maxStoredBytes: 0,
            },
            ...next.job.more,
          }
        : null,
      retryMs: queue.retryMs,
      accepted,
      reason: null,
    }
  }

  const server = await listen(async (request, response) => {
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'apikey, authorization, content-type, x-node-key',
      'access-control-max-age': '600',
    }
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end()
    if (!request.url?.startsWith('/rest/v1/rpc/')) {
      queue.calls.push({
        name: `${request.method} ${request.url?.startsWith('/storage/') ? 'to Storage' : 'beside it'}`,
        args: null,
        headers: request.headers,
        at: Date.now(),
      })
      const moved = queue.storage && { location: `${queue.storage}${request.url}` }
      response.writeHead(moved ? 307 : 404, { ...cors, ...moved }).end()
      for (const watcher of [...watchers]) watcher()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const name = (request.url ?? '').split('/').at(-1) ?? ''
    const args = JSON.parse(Buffer.concat(chunks).toString())
    queue.calls.push({ name, args, headers: request.headers, at: Date.now() })
    const refusal =
      name === 'register_node'
        ? queue.refuseRegistration
        : queue.refuseKey && { code: 'OB004', message: 'This node key is not valid.', hint: null, details: null }
    const body = refusal || answer(name, args)
    const late = queue.late.get(name)
    if (late) {
      for (const watcher of [...watchers]) watcher()
      await late
    }
    const lost = queue.lose.get(name) ?? 0
    if (lost > 0) {
      queue.lose.set(name, lost - 1)
      response.destroy()
    } else
      response.writeHead(refusal ? 400 : 200, { 'content-type': 'application/json', ...cors }).end(JSON.stringify(body))
    for (const watcher of [...watchers]) watcher()
  })

  const queue: Queue = {
    url: `http://127.0.0.1:${server.port}`,
    calls: [],
    reports: [],
    push: (...more) => {
      for (const job of more) {
        jobs++
        waiting.push({ job, id: `00000000-0000-4000-8000-00000000${String(jobs).padStart(4, '0')}` })
      }
    },
    heartbeat: null,
    lose: new Map(),
    late: new Map(),
    site: null,
    retryMs: 100,
    refuseKey: false,
    refuseRegistration: null,
    storage: null,
    until: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = what()
          if (!found) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
      }),
    close: server.close,
  }
  return queue
}
