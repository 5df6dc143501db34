import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CopyButton } from '../features/elements/CopyButton.tsx'
import { Empty } from '../features/elements/Empty.tsx'
import { Notice } from '../features/elements/Notice.tsx'
import { Page, Section } from '../features/elements/Page.tsx'
import { RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { StateMark } from '../features/elements/StateMark.tsx'
import { Time } from '../features/format/Time.tsx'
import { chainClient } from '../features/settlement/chainClient.ts'
import { EventList } from '../features/settlement/EventList.tsx'
import { readTransaction, type TransactionView } from '../features/settlement/readTransaction.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'

/** One transaction, read straight from the chain: what an explorer shows where there is none. */
export function TransactionPage() {
  const { hash } = useParams({ from: '/tx/$hash' })
  const config = useConfig()
  const valid = /^0x[0-9a-fA-F]{64}$/.test(hash)
  const query = useQuery({
    queryKey: ['transaction', hash],
    queryFn: () => readTransaction(chainClient(config), { config, hash: hash as `0x${string}` }),
    enabled: valid,
    refetchInterval: ({ state }) => (state.data?.final ? false : 1000),
  })
  const view = query.data
  return (
    <Page
      title="Transaction"
      sentence={view ? sentenceOf(view) : 'A transaction on the chain.'}
      below={<Hash hash={hash} />}
    >
      {!valid && (
        <Notice meaning="fail" title="This is not the hash of a transaction.">
          A hash has 64 hexadecimal figures after 0x. Check the link.
        </Notice>
      )}
      {query.error && <QueryFailed error={query.error} tried="Reading the chain" retry={query.refetch} />}
      {valid && view === null && (
        <Notice meaning="wait" title="The chain does not know this transaction.">
          It may not have arrived yet; this page asks again every second. A local chain that was reset forgets
          everything.
        </Notice>
      )}
      {valid && view === undefined && !query.error && (
        <Skeleton label="Reading the transaction">
          <RowBones count={5} />
        </Skeleton>
      )}
      {view && (
        <>
          <Facts view={view} />
          <Section title="What it did">
            {view.events.length === 0 ? (
              <Empty title="No event.">
                {view.status === 'waiting'
                  ? 'It is not in a block yet.'
                  : 'Nothing in our two contracts was changed by it.'}
              </Empty>
            ) : (
              <EventList events={view.events} />
            )}
          </Section>
        </>
      )}
    </Page>
  )
}

function sentenceOf({ status, block, final }: TransactionView): string {
  if (status === 'waiting') return 'It waits to be put into a block.'
  if (status === 'reverted') return `Reverted in block ${block}. Only its fee was spent.`
  return final ? `Done in block ${block}, and final.` : `Done in block ${block}, not yet final.`
}

function Hash({ hash }: { hash: string }) {
  return (
    <span className="flex items-center gap-2">
      <span className="figure min-w-0 break-all text-14">{hash}</span>
      <CopyButton text={hash} label="Copy hash" />
    </span>
  )
}

function Facts({ view }: { view: TransactionView }) {
  const meaning = view.status === 'succeeded' ? 'done' : view.status === 'reverted' ? 'fail' : 'wait'
  const words = { succeeded: 'Succeeded', reverted: 'Reverted', waiting: 'Waiting' }
  return (
    <dl className="card">
      <Fact name="Status">
        <span className="inline-flex items-center gap-2">
          <StateMark meaning={meaning} />
          {words[view.status]}
          {view.final ? ', final' : ''}
        </span>
      </Fact>
      {view.block !== null && (
        <Fact name="Block">
          <span className="figure">{String(view.block)}</span>
          {view.minedAt && (
            <span className="text-ink-3">
              {' '}
              at <Time at={view.minedAt} />
            </span>
          )}
        </Fact>
      )}
      <Fact name="From">
        <span className="figure break-all">{view.from}</span>
      </Fact>
      <Fact name="To">
        <span className="figure break-all">{view.to ?? 'A new contract'}</span>
        {view.toName && <span className="text-ink-3"> {view.toName}</span>}
      </Fact>
      {view.gasUsed !== null && (
        <Fact name="Gas used">
          <span className="figure">{view.gasUsed.toLocaleString('en-US')}</span>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 border-line px-5 py-3 not-first:border-t wide:grid-cols-[9rem_1fr]">
      <dt className="text-ink-3">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
