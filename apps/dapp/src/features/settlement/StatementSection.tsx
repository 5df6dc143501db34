import { myStatement } from '@oblivion/client'
import type { StatementRow } from '@oblivion/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { downloadFile } from '../elements/downloadFile.ts'
import { Empty } from '../elements/Empty.tsx'
import { Section } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'
import { Time } from '../format/Time.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { tell, tellError } from '../shell/tell.ts'
import { PriceLessFee, priceColumns } from './PriceLessFee.tsx'
import { readStatement } from './readStatement.ts'
import { statementCsv } from './statementCsv.ts'
import { entryWord } from './statementWords.ts'
import { TransactionLink } from './TransactionLink.tsx'

const accounts = [
  { key: 'free', label: 'To spend', account: 'free', asset: 'chain' },
  { key: 'earned', label: 'Earned', account: 'earned', asset: 'chain' },
  { key: 'play-free', label: 'Play, to spend', account: 'free', asset: 'test' },
  { key: 'play-earned', label: 'Play, earned', account: 'earned', asset: 'test' },
] as const

const empty = {
  free: 'Each deposit, each budget that a task held and gave back, and each withdrawal will stand here.',
  earned: 'Each chunk that your worker was paid for, and each payment to your wallet, will stand here.',
}
const pageSize = 20

/** Every entry of an account of this wallet, with the chunk or the transaction that it is about. */
export function StatementSection({ address, play }: { address: `0x${string}`; play: boolean }) {
  const config = useConfig()
  const [key, setKey] = useState<(typeof accounts)[number]['key']>('free')
  const [saving, setSaving] = useState(false)
  const { account, asset } = accounts.find((choice) => choice.key === key) ?? accounts[0]
  const statement = useInfiniteQuery({
    queryKey: ['statement', address, key],
    queryFn: ({ pageParam, signal }) =>
      myStatement(walletClient(config, address), { account, asset, after: pageParam, limit: pageSize, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // Not while somebody reads on: that would ask for each page again.
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? false : 5000),
  })
  const rows = statement.data?.pages.flatMap((page) => page.rows) ?? []
  const balance = statement.data?.pages[0]?.balance

  async function save() {
    if (saving) return
    setSaving(true)
    try {
      const { rows: all, complete } = await readStatement(walletClient(config, address), { account, asset })
      downloadFile(`oblivion-${key}.csv`, new Blob([statementCsv(all, asset)], { type: 'text/csv' }))
      tell(complete ? `Saved ${all.length} entries.` : `Saved the newest ${all.length} entries; there are more.`)
    } catch (error) {
      tellError(errorSentence(error, 'Reading the statement'))
    }
    setSaving(false)
  }
  return (
    <Section
      title="Statement"
      id="statement"
      aside={
        rows.length > 0 && (
          <Button size="small" busy={saving} onClick={() => void save()}>
            Download CSV
          </Button>
        )
      }
    >
      <Choice
        legend="Account"
        name="statement"
        value={key}
        onChange={setKey}
        options={accounts.filter((choice) => play || choice.asset === 'chain')}
      />
      {statement.error && (
        <QueryFailed error={statement.error} tried="Reading the statement" retry={statement.refetch} />
      )}
      {statement.data && rows.length === 0 && <Empty title="No entry yet.">{empty[account]}</Empty>}
      {rows.length > 0 && (
        <>
          <Table
            caption="Entries, newest first"
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              { name: 'When', cell: (row) => <Time at={row.at} />, wideOnly: true },
              { name: 'What', cell: (row) => entryWord(row) },
              { name: 'For', cell: (row) => <About row={row} own={account === 'free'} /> },
              ...(account === 'earned' ? priceColumns(({ price, fee }: StatementRow) => ({ price, fee })) : []),
              {
                name: `Amount, ${units[asset]}`,
                right: true,
                cell: (row) => (
                  <span className="figure whitespace-nowrap">
                    {row.amount > 0n ? '+' : '−'}
                    {formatAmount(row.amount < 0n ? -row.amount : row.amount)}
                    <PriceLessFee price={row.price} fee={row.fee} />
                  </span>
                ),
              },
            ]}
          />
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="text-12 text-ink-3">
              {balance !== undefined &&
                `${formatMoney(balance, asset)} stand in this account: the sum of all its entries.`}
            </p>
            {statement.hasNextPage && (
              <Button
                kind="quiet"
                size="small"
                busy={statement.isFetchingNextPage}
                onClick={() => void statement.fetchNextPage()}
              >
                Older entries
              </Button>
            )}
          </div>
        </>
      )}
      {!statement.data && !statement.error && (
        <Skeleton label="Reading the statement">
          <RowBones count={3} />
        </Skeleton>
      )}
    </Section>
  )
}

/** The chunk, the task or the transaction. A task of one's own has a page here. */
function About({ row, own }: { row: StatementRow; own: boolean }) {
  const chunk = row.chunkIndex === null ? null : <span className="text-ink-3">chunk {row.chunkIndex + 1}</span>
  if (row.txHash !== null) return <TransactionLink hash={row.txHash as `0x${string}`} />
  if (row.taskId === null) return <span className="text-ink-3">{row.reference ?? '–'}</span>
  return (
    <span className="flex flex-wrap gap-x-2">
      {own ? (
        <Link
          to="/jobs/$taskId"
          params={{ taskId: row.taskId }}
          className="underline-offset-2 hover:text-link hover:underline max-wide:line-clamp-2"
        >
          {row.title}
        </Link>
      ) : (
        <span>{row.title}</span>
      )}{' '}
      {chunk}
    </span>
  )
}
