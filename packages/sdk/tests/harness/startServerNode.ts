import { createClient, registerNode } from '@oblivion/client'
import { createServerWorker, type ServerWorkerOptions } from '../../src/node/createServerWorker.ts'
import type { Queue } from './startQueue.ts'

/** A server node that works for the queue; customers' programs as well. */
export const startServerNode = (
  queue: Queue,
  options: Pick<ServerWorkerOptions, 'deno' | 'memoryMiB' | 'pollInterval' | 'onEvent'> = {},
): { readonly stop: () => Promise<void> } => {
  const server = { supabaseUrl: queue.url, supabaseKey: 'anon' }
  const client = createClient({ ...server, accessToken: async () => 't' })
  const worker = createServerWorker({
    ...server,
    ...options,
    strangersPrograms: true,
    register: (signal) => registerNode(client, { hardwareId: 'server', workerType: 'server', signal }),
  })
  const over = worker.run()
  return {
    stop: async () => {
      await worker.stop()
      await over
    },
  }
}
