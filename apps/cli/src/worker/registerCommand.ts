import { randomBytes } from 'node:crypto'
import { createClient, registerNode } from '@oblivion/client'
import { readVariable } from '@oblivion/core'
import { defineCommand } from 'citty'
import { say } from '../customer/say.ts'
import { eachOf } from '../eachOf.ts'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { nodeArgs } from './nodeArgs.ts'
import { pricePerHour } from './pricePerHour.ts'
import { readCapabilities } from './readCapabilities.ts'
import { readWallet } from './readWallet.ts'
import { signIn } from './signIn.ts'

const WORKER_TYPES = ['python', 'server'] as const

type Made = { readonly hardwareId: string; readonly nodeId: string; readonly nodeKey: string }

export const registerCommand = defineCommand({
  meta: {
    name: 'register',
    description: 'Registers nodes for other machines and prints NODE_ID and NODE_KEY: those need no wallet.',
  },
  args: {
    'worker-type': { type: 'string', required: true, description: 'What runs them', valueHint: WORKER_TYPES.join('|') },
    n: { type: 'string', default: '1', description: 'How many nodes', valueHint: 'count' },
    'hardware-id': {
      type: 'string',
      description:
        'Its lasting name (HARDWARE_ID): registered again under it a node gets a new key, and the old one ends',
    },
    ...nodeArgs,
    'strangers-programs': {
      type: 'boolean',
      default: false,
      description: 'Of a server: run programs that customers wrote, too',
    },
    dev: { type: 'boolean', default: false, description: 'At the local stack, for a development wallet' },
    account: { type: 'string', default: '0', description: 'Which development wallet, from 0' },
    json: { type: 'boolean', default: false, description: 'A list in JSON, of those that were made' },
  },
  run: async ({ args, rawArgs }) => {
    const workerType = WORKER_TYPES.find((type) => type === args['worker-type'])
    if (workerType === undefined) throw new UsageError(`--worker-type is one of ${WORKER_TYPES.join(', ')}.`)
    const count = wholeNumber('n', args.n, 1, 64)
    const strangersPrograms = args['strangers-programs']
    if (strangersPrograms && workerType === 'python') {
      throw new UsageError('A Python node runs built-in programs alone: leave --strangers-programs out.')
    }
    const capabilities = {
      ...Object.fromEntries(readCapabilities(eachOf(rawArgs, 'capability')).map((name) => [name, true])),
      ...(strangersPrograms ? { strangersPrograms } : {}),
    }
    const price = pricePerHour(args['price-per-hour'])
    const wallet = readWallet({ dev: args.dev, account: wholeNumber('account', args.account, 0, 64) }, process.env)
    if (wallet === null)
      throw new UsageError('Registering needs the PRIVATE_KEY of the wallet that the nodes earn for.')
    const token = await signIn(wallet)
    const client = createClient({ ...wallet, accessToken: async () => token })
    const name =
      args['hardware-id'] ??
      readVariable(process.env, 'HARDWARE_ID') ??
      `${workerType}-${randomBytes(4).toString('hex')}`
    const names = Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}-${index + 1}`))
    const nodes: Made[] = []
    try {
      for (const hardwareId of names) {
        const { nodeId, nodeSecret: nodeKey } = await registerNode(client, {
          ...{ hardwareId, workerType, capabilities, pricePerHour: price ?? undefined },
        })
        nodes.push({ hardwareId, nodeId, nodeKey })
      }
    } finally {
      // Where a later one fails the keys before it are valid all the same, and those that they replaced have ended.
      if (nodes.length > 0) show(args.json, nodes, names.slice(nodes.length))
    }
  },
})

/** @param missing The names that got no key. */
function show(json: boolean, nodes: readonly Made[], missing: readonly string[]): void {
  say(json, nodes, [
    `NODE_ID=${nodes.map(({ nodeId }) => nodeId).join(',')}`,
    `NODE_KEY=${nodes.map(({ nodeKey }) => nodeKey).join(',')}`,
  ])
  if (json) return
  process.stderr.write(
    `Registered as ${nodes.map(({ hardwareId }) => hardwareId).join(', ')}. Both lines go into .env.local of the machine that works; a key is shown this once, earns for its wallet and reaches no money.\n`,
  )
  if (missing.length > 0) process.stderr.write(`Without a key: ${missing.join(', ')}. Why the first of them failed:\n`)
}
