import { type Forgotten, forgetMe } from '@oblivion/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { forgetCheckout } from '../cards/cardReturn.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Section } from '../elements/Page.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { forgottenSentence } from './forgottenSentence.ts'

/** What is known of this wallet beside its money, and the button that deletes it. */
export function ForgetMe({ address }: { address: `0x${string}` }) {
  const [asking, setAsking] = useState(false)
  const [forgotten, setForgotten] = useState<Forgotten | null>(null)
  return (
    <Section title="Your data">
      <div className="card flex flex-col gap-4 p-5">
        <p className="max-w-[70ch] text-ink-2">
          Beside your money we keep which machines work for you, with an id and a key for each, the sites that you made
          under Embed, and your API keys. No name, no e-mail, no network address.
        </p>
        <div>
          <Button onClick={() => setAsking(true)}>Delete my data</Button>
        </div>
      </div>
      {forgotten !== null && (
        <Notice meaning="done" title={forgottenSentence(forgotten)}>
          Your balance, your earnings and your tasks are as they were.
        </Notice>
      )}
      {asking && <ForgetDialog address={address} onClose={() => setAsking(false)} onForgotten={setForgotten} />}
    </Section>
  )
}

type ForgetDialogProps = {
  address: `0x${string}`
  onClose: () => void
  onForgotten: (forgotten: Forgotten) => void
}

/** Says what goes, what stays and what is lost, then asks. */
function ForgetDialog({ address, onClose, onForgotten }: ForgetDialogProps) {
  const config = useConfig()
  const queries = useQueryClient()
  const forget = useMutation({
    mutationFn: async () => {
      // The worker of this tab gives its job back by itself, before its key is void.
      const { forgetWorker } = await import('../worker/forgetWorker.ts')
      await forgetWorker()
      forgetCheckout()
      return forgetMe(walletClient(config, address))
    },
    onSuccess: (answer) => {
      // Not shown once more from memory while they are read anew.
      queries.removeQueries({ queryKey: ['sites'] })
      void queries.invalidateQueries({ queryKey: ['machines'] })
      void queries.resetQueries({ queryKey: ['api-keys'] })
      onForgotten(answer)
    },
  })
  const failure = forget.error && errorSentence(forget.error, 'Deleting your data')
  return (
    <Dialog title="Delete your data?" onClose={onClose} width="max-w-[34rem]" keep={forget.isPending}>
      <div className="flex flex-col gap-5 p-5">
        <Facts title="Deleted">
          <li>Your machines: ids, capabilities, prices and keys. Your workers stop, here and elsewhere.</li>
          <li>Your sites: names, addresses and keys. Pages that embed them earn nothing more.</li>
          <li>Your API keys: names and keys. Programs that use one are refused.</li>
          <li>
            In this browser: your consent, the limits that you set for the worker, and the id that it worked under.
          </li>
        </Facts>
        <Facts title="Kept">
          <li>Your balance and your earnings. You spend, settle and withdraw as before.</li>
          <li>Ledger, receipts and the history of work, under your address: others were paid by them.</li>
          <li>Your tasks, with inputs and results, and your schedules. What runs goes on; end it under Jobs.</li>
          <li>In this browser: light or dark, and your sign-in until you disconnect the wallet.</li>
        </Facts>
        <p className="text-ink-2">
          Jobs in work go back to the queue. A machine that works for you again starts as a new one, and a site needs a
          new key. This cannot be undone.
        </p>
        {failure && (
          <Notice meaning="fail" title={failure.title} details={failure.details}>
            {failure.hint}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose} disabled={forget.isPending}>
            Keep my data
          </Button>
          <Button
            kind="danger"
            busy={forget.isPending}
            onClick={() => forget.mutate(undefined, { onSuccess: onClose })}
          >
            {failure ? 'Try again' : 'Delete it now'}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="font-medium">{title}</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 text-ink-2 marker:text-ink-3">{children}</ul>
    </section>
  )
}
