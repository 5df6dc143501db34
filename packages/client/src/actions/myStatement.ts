import type { Asset, StatementAccount, StatementPage } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface StatementParameters extends CallOptions {
  readonly account: StatementAccount
  /** Tokens where absent; a task's own is known. */
  readonly asset?: Asset | undefined
  /** Whose hold is asked for; with the account `task` alone. */
  readonly taskId?: string | undefined
  /** `next` of the page before; the newest where absent. */
  readonly after?: string | undefined
  /** At most this many, up to 500; 50 where absent. */
  readonly limit?: number | undefined
}

/**
 * Entries of one account of the signed-in wallet, the newest first.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 * @example
 * for (let after: string | undefined; ; ) {
 *   const page = await myStatement(client, { account: 'earned', after })
 *   page.rows.forEach(print)
 *   if (page.next === null) break
 *   after = page.next
 * }
 */
export const myStatement = async (client: Client, parameters: StatementParameters): Promise<StatementPage> => {
  const { account, asset = 'chain', taskId, after, limit = 50, ...options } = parameters
  const call = 'my_statement'
  const args = {
    p_account: account,
    p_asset: asset,
    p_limit: limit,
    ...(taskId === undefined ? {} : { p_task_id: taskId }),
    ...(after === undefined ? {} : { p_after: after }),
  } satisfies FunctionArguments<'my_statement'>
  const page = fieldsOf(call, await client.call(call, args, options))
  return {
    account: page.oneOf('account', ['free', 'earned', 'task']),
    asset: page.oneOf('asset', ['chain', 'card', 'test']),
    balance: page.amount('balance'),
    rows: page.list('rows', (row) => ({
      id: row.text('id'),
      at: row.text('at'),
      kind: row.text('kind'),
      amount: row.amount('amount'),
      title: row.orNull('title', row.text),
      taskId: row.orNull('taskId', row.text),
      chunkIndex: row.orNull('chunkIndex', row.number),
      jobId: row.orNull('jobId', row.text),
      attempt: row.orNull('attempt', row.number),
      resultHash: row.orNull('resultHash', row.text),
      price: row.orNull('price', row.amount),
      fee: row.orNull('fee', row.amount),
      txHash: row.orNull('txHash', row.text),
      logIndex: row.orNull('logIndex', row.number),
      reference: row.orNull('reference', row.text),
    })),
    next: page.orNull('next', page.text),
  }
}
