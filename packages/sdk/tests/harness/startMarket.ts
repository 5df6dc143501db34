import { type Client, createClient, createTask, getTask, myBalance } from '@oblivion/client'
import { type RaytraceInput, raytraceInputs } from '@oblivion/programs'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import { vi } from 'vitest'
import { signIn } from './signIn.ts'

/** Minutes of work: long enough to be stopped, closed and beaten for. */
export const [longInput] = raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 4096 })
/** Four chunks of a moment each. */
export const quickInputs = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })

export interface Market {
  readonly stack: TestStack
  readonly clientOf: (accessToken: string) => Client
  /** Posts a task of one chunk an input; its id. */
  readonly post: (inputs: readonly (RaytraceInput | undefined)[]) => Promise<string>
  /** One letter a chunk, as the grid has them. */
  readonly letters: (taskId: string) => Promise<string>
  readonly cancel: (taskId: string) => Promise<unknown>
}

/** The stack as `start` runs it, and a customer with money on it. */
export const startMarket = async (): Promise<Market> => {
  const stack = await startTestStack()
  const clientOf = (accessToken: string): Client =>
    createClient({
      supabaseUrl: stack.dev.supabaseUrl,
      supabaseKey: stack.dev.anonKey,
      accessToken: async () => accessToken,
    })
  const [, account] = accounts
  if (account === undefined) throw new Error('no account')
  const customer = clientOf(await signIn(stack.dev, account))
  // The deposit on the chain counts once it is final.
  await vi.waitUntil(async () => (await myBalance(customer)).free > 0n, { timeout: 90_000, interval: 200 })
  return {
    stack,
    clientOf,
    post: async (inputs) => {
      const task = {
        title: 'Path-traced room',
        program: { kind: 'builtin', name: 'raytrace' },
        inputs,
        pricePerChunk: 10_000n,
        budget: 10_000n * BigInt(inputs.length),
        acknowledgeVisible: true,
      } as const
      return (await createTask(customer, { task })).taskId
    },
    letters: async (taskId) => (await getTask(customer, { taskId })).chunks,
    cancel: (taskId) => customer.call('cancel_task', { p_task_id: taskId }),
  }
}
