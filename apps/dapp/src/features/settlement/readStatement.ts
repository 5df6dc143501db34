import { type Client, myStatement, type StatementParameters } from '@oblivion/client'
import type { StatementRow } from '@oblivion/core'

/** More rows than this are no file that a page should build. */
const most = 100_000

/** All pages of a statement, the newest entries first, up to 100,000 of them. */
export async function readStatement(
  client: Client,
  of: Pick<StatementParameters, 'account' | 'asset' | 'taskId' | 'signal'>,
): Promise<{ rows: StatementRow[]; complete: boolean }> {
  const rows: StatementRow[] = []
  let after: string | undefined
  while (rows.length < most) {
    const page = await myStatement(client, { ...of, after, limit: 500 })
    rows.push(...page.rows)
    if (page.next === null) return { rows, complete: true }
    after = page.next
  }
  return { rows, complete: false }
}
