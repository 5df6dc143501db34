import type { OperatorOverview } from '@oblivion/core'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Section } from '../elements/Page.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { ActionSection } from './ActionSection.tsx'
import { AlarmSection } from './AlarmSection.tsx'
import { AskDialog, type Question } from './AskDialog.tsx'
import { CardSection } from './CardSection.tsx'
import { PayoutSection } from './PayoutSection.tsx'
import { ProgramSection } from './ProgramSection.tsx'
import type { Health } from './readHealth.ts'
import { SettingsSection } from './SettingsSection.tsx'
import { WorkSection } from './WorkSection.tsx'

type OperatorViewProps = {
  address: `0x${string}`
  overview: OperatorOverview
  health: Health | undefined
  /** The coordinator does not answer. */
  silent: boolean
}

/** All that an operator looks at, what is urgent first; each action is asked in the same dialog. */
export function OperatorView({ address, overview, health, silent }: OperatorViewProps) {
  const client = walletClient(useConfig(), address)
  const [question, setQuestion] = useState<Question | null>(null)
  return (
    <>
      <AlarmSection health={health} failed={silent} />
      <PayoutSection overview={overview} health={health} client={client} ask={setQuestion} />
      <WorkSection overview={overview} />
      <ProgramSection programs={overview.programs} client={client} ask={setQuestion} />
      <CardSection cards={overview.cards} />
      {overview.sites.length > 0 && (
        <Section title="Suspended sites">
          <ul aria-label="Suspended sites" className="card divide-y divide-line">
            {overview.sites.map((site) => (
              <li key={site.siteId} className="px-5 py-4">
                <p>{site.name}</p>
                <p className="figure break-words text-12 text-ink-2">{site.origins.join(', ')}</p>
                <p className="mt-1 break-words text-12 text-ink-2">{site.reason}</p>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <SettingsSection settings={overview.settings} />
      <ActionSection actions={overview.actions} />
      {question !== null && <AskDialog question={question} onClose={() => setQuestion(null)} />}
    </>
  )
}
