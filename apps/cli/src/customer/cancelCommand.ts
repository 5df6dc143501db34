import { cancelTask, getTask } from '@oblivion/client'
import { formatUsdc } from '@oblivion/core'
import { defineCommand } from 'citty'
import { customerArgs } from './customerArgs.ts'
import { moneyText } from './moneyText.ts'
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
    const { taskId, json } = args
    const { status, refunded } = await cancelTask(client, { taskId })
    // A key may cancel and not read. It is cancelled, whatever comes of this.
    const task = json ? null : await getTask(client, { taskId }).catch(() => null)
    const money = task === null ? `${formatUsdc(refunded)} of its money` : moneyText(refunded, task.asset)
    say(json, { taskId, status, refunded }, [`${status}: ${money} came back by this.`])
  },
})
