import { cancelTask } from '@oblivion/client'
import { formatUsdc } from '@oblivion/core'

import { defineCommand } from 'citty'
import { customerArgs } from './customerArgs.ts'
import { openCustomer } from './openCustomer.ts'
import { say } from './say.ts'

export const cancelCommand = defineCommand({
  meta: {
    name: 'cancel',
    description: 'Ends a task: what is not in work comes back; what is, is paid if it is finished first.',
  },
  args: { taskId: { type: 'positional', required: true, description: 'As submit answered it' }, ...customerArgs },
  run: async ({ args }) => {
    const { client } = await openCustomer(args, process.env)
    const { status, refunded } = await cancelTask(client, { taskId: args.taskId })
    say(args.json, { taskId: args.taskId, status, refunded }, [
      `${status}: ${formatUsdc(refunded)} USDC came back by this.`,
    ])
  },
})
