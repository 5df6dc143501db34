import { createBareClient, getProgram, heartbeat, workCycle } from '@oblivion/client'
import type { Registration } from '@oblivion/core'
import type { NodeApi } from './createAgent.ts'
import type { LastWord } from './Host.ts'

export interface ServerAddress {
  readonly supabaseUrl: string
  /** The public key. */
  readonly anonKey: string
}

/** The server's functions for a registered node, which shows its own key and no wallet's session. */
export const connectNode = (server: ServerAddress, { nodeId, nodeSecret }: Registration): NodeApi => {
  const options = { supabaseUrl: server.supabaseUrl, supabaseKey: server.anonKey, nodeKey: nodeSecret }
  const client = createBareClient(options)
  return {
    workCycle: (done, claim, deadlineMs) => workCycle(client, { nodeId, done, claim, deadlineMs }),
    heartbeat: (job, progress, signal) => heartbeat(client, { nodeId, job, progress, signal }),
    program: async (hash) => (await getProgram(client, { hash })).source,
    lastWord: async ({ jobId, attempt }) => {
      let word: LastWord | undefined
      // The very request that the client would send, caught on its way: no second place knows how one looks.
      const caught = createBareClient({
        ...options,
        fetch: async (url, init) => {
          word = {
            url: String(url),
            headers: Object.fromEntries(new Headers(init?.headers)),
            body: String(init?.body),
          }
          return new Response('{"job":null,"retryMs":0,"accepted":true,"reason":null}')
        },
      })
      await workCycle(caught, { nodeId, done: { jobId, attempt, outcome: 'released' }, claim: false })
      return word as LastWord
    },
  }
}
