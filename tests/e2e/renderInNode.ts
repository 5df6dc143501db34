import { Worker } from 'node:worker_threads'

/**
 * Computes tiles in Node, in a thread of its own, so that it can go on while a test waits for something else.
 *
 * @returns the results in the order of the inputs
 */
export const renderInNode = (inputs: readonly unknown[]): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./renderThread.ts', import.meta.url), { workerData: inputs })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new Error(`The thread ended with code ${code} before it answered.`)))
  })
