import { defineCommand } from 'citty'
import { customerArgs } from './customerArgs.ts'
import { openCustomer } from './openCustomer.ts'
import { watchToItsEnd } from './watchToItsEnd.ts'

export const watchCommand = defineCommand({
  meta: {
    name: 'watch',
    description: 'Shows how far a task is until it ends. Exits with 0 completed, 1 failed, 3 cancelled, 130 by Ctrl-C.',
  },
  args: { taskId: { type: 'positional', required: true, description: 'As submit answered it' }, ...customerArgs },
  run: async ({ args }) => {
    const { client } = await openCustomer(args, process.env)
    await watchToItsEnd(client, args.taskId, args)
  },
})
