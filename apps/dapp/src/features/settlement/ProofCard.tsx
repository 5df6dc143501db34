import { myVoucher } from '@oblivion/client'
import type { Balance } from '@oblivion/core'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button, buttonClass } from '../elements/Button.tsx'
import { downloadFile } from '../elements/downloadFile.ts'
import { Section } from '../elements/Page.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { earningsExport } from './earningsExport.ts'
import { readStatement } from './readStatement.ts'

/** Takes earnings away, and the page that checks them against the chain without us. */
export function ProofCard({ address, balance }: { address: `0x${string}`; balance: Balance }) {
  const config = useConfig()
  const [busy, setBusy] = useState(false)

  async function save() {
    if (busy) return
    setBusy(true)
    try {
      const client = walletClient(config, address)
      // The voucher first: what is earned in between is in the entries and not signed for yet, never the other way round.
      const voucher = await myVoucher(client)
      const { rows, complete } = await readStatement(client, { account: 'earned' })
      const found = earningsExport({ address, balance, voucher, rows, now: new Date() })
      if (found === null) tellError({ title: 'There is no contract yet.', hint: 'Nothing can be checked.' })
      else {
        downloadFile('oblivion-earnings.json', new Blob([JSON.stringify(found, null, 1)], { type: 'application/json' }))
        tell(complete ? 'Saved.' : `Saved the newest ${rows.length} entries; the sum lacks the older ones.`)
      }
    } catch (error) {
      tellError(errorSentence(error, 'Exporting your earnings'))
    }
    setBusy(false)
  }
  return (
    <Section title="Proof">
      <div className="card flex flex-col gap-4 p-5">
        <p className="text-ink-2">
          Take your earnings with you: the signed voucher, and every receipt with the hash of its result. The checker is
          one file that works from your disk. It asks the chain and nobody else, and says what is proven and what is
          not.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button busy={busy} onClick={() => void save()}>
            Export earnings
          </Button>
          <a href="/verify.html" download="oblivion-verify.html" className={buttonClass('quiet')}>
            Save the checker
          </a>
        </div>
      </div>
    </Section>
  )
}
