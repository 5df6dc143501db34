import { createBareClient, getProgram, heartbeat, workCycle } from '@oblivion/client'
import { OblivionError, type Registration } from '@oblivion/core'
import type { NodeApi } from './createAgent.ts'
import type { LastWord } from './Host.ts'
import type { LaterFiles, LoadLater } from './LaterFiles.ts'

export interface ServerAddress {
  readonly supabaseUrl: string
  /** The public key. */
  readonly anonKey: string
}

/**
 * The server's functions for a registered node, which shows its own key and no wallet's session. Where the database is
 * older than `work_cycle`, by those that it has (FJ-8).
 */
export const connectNode = (server: ServerAddress, { nodeId, nodeSecret }: Registration, load: LoadLater): NodeApi => {
  const options = { supabaseUrl: server.supabaseUrl, supabaseKey: server.anonKey, nodeKey: nodeSecret }
  const client = createBareClient(options)
  let failures = 0
  /** Such a file has errors of classes of its own; what is none of them is that it did not come, and it may another time. */
  const ofLater = <N extends keyof LaterFiles, T>(name: N, ask: (file: LaterFiles[N]) => Promise<T>): Promise<T> =>
    load(name, failures)
      .then(ask)
      .catch((error: OblivionError) => {
        error.code ?? failures++
        throw new OblivionError(error.code ? error : { code: 'OB101' }, { values: error.values })
      })
  /** The database is older than this worker. */
  let old = false
  return {
    workCycle: async (done, claim, deadlineMs) => {
      if (!old) {
        try {
          return await workCycle(client, { nodeId, done, claim, deadlineMs })
        } catch (error) {
          // A function that is missing.
          if ((error as OblivionError).code !== 'OB107') throw error
          old = true
        }
      }
      return ofLater('older', ({ olderWorkCycle }) => olderWorkCycle(client, options, nodeId, done, claim))
    },
    stored: (...what) => ofLater('stored', ({ readStored }) => readStored(options, ...what)),
    store: (...what) => ofLater('result', ({ storeResult }) => storeResult(options, ...what)),
    heartbeat: (job, progress, signal) => heartbeat(client, { nodeId, job, progress, signal }),
    saveCheckpoint: (...what) =>
      ofLater('checkpoint', ({ keepCheckpoint }) => keepCheckpoint(client, options, nodeId, ...what)),
    program: async (hash) => (await getProgram(client, { hash })).source,
    lastWord: async ({ jobId, attempt }) => {
      // Rescue gives back what an older database cannot be told of.
      if (old) return null
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
