import { createBareClient, getProgram, heartbeat, workCycle } from '@oblivion/client'
import { OblivionError, type Registration } from '@oblivion/core'
import type { NodeApi } from './createAgent.ts'
import type { LastWord } from './Host.ts'

export interface ServerAddress {
  readonly supabaseUrl: string
  /** The public key. */
  readonly anonKey: string
}

/** What comes of a file loaded later has errors of classes of its own. */
const ofOurs = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: OblivionError) => {
    throw error.code ? new OblivionError(error, { values: error.values }) : error
  })

/**
 * The server's functions for a registered node, which shows its own key and no wallet's session. Where the database is
 * older than `work_cycle`, by those that it has (FJ-8).
 */
export const connectNode = (server: ServerAddress, { nodeId, nodeSecret }: Registration): NodeApi => {
  const options = { supabaseUrl: server.supabaseUrl, supabaseKey: server.anonKey, nodeKey: nodeSecret }
  const client = createBareClient(options)
  let older: NodeApi['workCycle'] | null = null
  return {
    workCycle: async (done, claim, deadlineMs) => {
      if (older === null) {
        try {
          return await workCycle(client, { nodeId, done, claim, deadlineMs })
        } catch (error) {
          // A function that is missing: the database is older than this worker.
          if ((error as OblivionError).code !== 'OB107') throw error
          // Loaded only here: few will ever need it.
          older = (await import('./olderWorkCycle.ts')).olderWorkCycle(client, options, nodeId)
        }
      }
      return ofOurs(older(done, claim, deadlineMs))
    },
    stored: (job) => ofOurs(import('./readStored.ts').then(({ readStored }) => readStored(options, job))),
    store: (...what) => ofOurs(import('./storeResult.ts').then(({ storeResult }) => storeResult(options, ...what))),
    heartbeat: (job, progress, signal) => heartbeat(client, { nodeId, job, progress, signal }),
    saveCheckpoint: (...what) =>
      import('./keepCheckpoint.ts').then(({ keepCheckpoint }) => keepCheckpoint(client, options, nodeId, ...what)),
    program: async (hash) => (await getProgram(client, { hash })).source,
    lastWord: async ({ jobId, attempt }) => {
      // Rescue gives back what an older database cannot be told of.
      if (older !== null) return null
      let word: LastWord | null = null
      // The very request that the client would send, caught on its way: no second place knows how one looks.
      const caught = createBareClient({
        ...options,
        fetch: async (url, init) => {
          word = {
            url: String(url),
            headers: init?.headers as Record<string, string>,
            body: String(init?.body),
          }
          return new Response('{"job":null,"retryMs":0}')
        },
      })
      await workCycle(caught, { nodeId, done: { jobId, attempt, outcome: 'released' }, claim: false })
      return word
    },
  }
}
