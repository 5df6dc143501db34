import { changePlayMoney } from '@oblivion/client'
import type { PlayMoney } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { Pill } from '../elements/Pill.tsx'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'

/** 100 tokens of 6 decimals. */
const portion = 100_000_000n

/** The sandbox: money that is worth nothing, apart from all that is real. */
export function PlayMoneyCard({ address, play }: { address: `0x${string}`; play: PlayMoney }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)

  async function change(amount: bigint, doing: string) {
    if (busy) return
    setBusy(true)
    try {
      const { free } = await changePlayMoney(walletClient(config, address), { amount })
      tell(`${formatMoney(free, 'test')} are free.`)
      await queries.invalidateQueries({ queryKey: ['balance'] })
    } catch (error) {
      tellError(errorSentence(error, doing))
    }
    setBusy(false)
  }
  const unit = units.test
  return (
    <Section title="Play money" aside={<Pill meaning="wait">Worth nothing</Pill>}>
      <p className="text-ink-2">
        To try everything out without a deposit. Tasks and earnings in play money are kept apart: they are never
        charged, vouched for or paid out.
      </p>
      <Figures
        label="Play money"
        entries={[
          {
            label: 'Free',
            value: formatAmount(play.free),
            unit,
            note: play.free === 0n ? 'Add some below.' : 'Can be spent on new tasks.',
          },
          {
            label: 'Held',
            value: formatAmount(play.held),
            unit,
            note: play.held === 0n ? 'No task runs on it.' : 'Reserved for running tasks.',
          },
          {
            label: 'Spent',
            value: formatAmount(play.spent),
            unit,
            note: play.spent === 0n ? 'No chunk was paid with it yet.' : 'For accepted chunks.',
          },
          {
            label: 'Earned',
            value: formatAmount(play.earned),
            unit,
            note: play.earned === 0n ? 'Your worker earned none.' : 'By your worker, for others’ tries.',
          },
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button busy={busy} onClick={() => void change(portion, 'Adding play money')}>
          Add {formatMoney(portion, 'test')}
        </Button>
        {play.free > 0n && (
          <Button kind="quiet" disabled={busy} onClick={() => void change(-play.free, 'Giving play money back')}>
            Give back what is free
          </Button>
        )}
      </div>
    </Section>
  )
}
