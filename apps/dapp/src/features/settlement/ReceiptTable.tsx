import type { Receipt } from '@oblivion/core'
import { useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Section } from '../elements/Page.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { Money } from '../format/Money.tsx'
import { plural } from '../format/plural.ts'
import { Time } from '../format/Time.tsx'
import { ReceiptWord } from '../worker/ReceiptWord.tsx'
import { PriceLessFee, priceColumns } from './PriceLessFee.tsx'

const first = 10
/** The server lists no more. */
const longest = 50

/** One receipt per accepted job: what this wallet is owed, and for what. */
export function ReceiptTable({ receipts }: { receipts: readonly Receipt[] }) {
  const [all, setAll] = useState(false)
  if (receipts.length === 0) {
    return (
      <Section title="Receipts" id="receipts">
        <Empty title="No receipt yet.">
          Each job that your worker finishes and the server accepts leaves a receipt here: how much, for what, and where
          the money is.
        </Empty>
      </Section>
    )
  }
  const shown = all ? receipts : receipts.slice(0, first)
  return (
    <Section
      title="Receipts"
      id="receipts"
      aside={
        <p className="text-12 text-ink-3">
          {receipts.length < longest ? plural(receipts.length, 'receipt') : `The last ${longest}`}, newest first
        </p>
      }
    >
      <Table
        caption="Receipts, newest first"
        rows={[...shown]}
        rowKey={(receipt) => receipt.receiptId}
        columns={[
          {
            name: 'For',
            cell: (receipt) => (
              <span className="flex flex-wrap gap-x-2">
                <span>{receipt.title}</span> <span className="text-ink-3">chunk {receipt.chunkIndex + 1}</span>
              </span>
            ),
          },
          { name: 'Accepted', cell: (receipt) => <Time at={receipt.acceptedAt} />, wideOnly: true },
          {
            name: 'Result',
            wideOnly: true,
            cell: (receipt) => (
              <span className="figure text-ink-2" title={`SHA-256 ${receipt.resultHash}`}>
                {formatAddress(receipt.resultHash)}
              </span>
            ),
          },
          ...priceColumns((receipt: Receipt) => receipt),
          {
            name: 'Earned',
            right: true,
            cell: (receipt) => (
              <>
                <Money amount={receipt.reward} asset={receipt.asset} />
                <PriceLessFee price={receipt.price} fee={receipt.fee} />
              </>
            ),
          },
          { name: 'State', cell: (receipt) => <ReceiptWord state={receipt.state} /> },
        ]}
      />
      {receipts.length > first && (
        <Button kind="quiet" size="small" className="self-start" onClick={() => setAll(!all)}>
          {all ? `Show the newest ${first}` : `Show all ${receipts.length}`}
        </Button>
      )}
    </Section>
  )
}
