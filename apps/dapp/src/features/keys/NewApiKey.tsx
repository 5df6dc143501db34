import { createApiKey } from '@oblivion/client'
import type { ApiKeyDraft, CreatedApiKey } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { CopyButton } from '../elements/CopyButton.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Field } from '../elements/Field.tsx'
import { Notice } from '../elements/Notice.tsx'
import { readPrice } from '../jobs/readPrice.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { expiryOf, type Lifetime, lifetimes, type Use, uses } from './apiKeyWords.ts'

type NewApiKeyProps = { address: `0x${string}`; onClose: () => void; onMade: () => void }

/** Name, use, limit and end of a new key; then the key itself, which is shown this once. */
export function NewApiKey({ address, onClose, onMade }: NewApiKeyProps) {
  const config = useConfig()
  const create = useMutation({
    mutationFn: (apiKey: ApiKeyDraft) => createApiKey(walletClient(config, address), { apiKey }),
    onSuccess: onMade,
    // The key stays in no memory but this dialog's.
    gcTime: 0,
  })
  // After the dialog has opened, which gives the focus to its first button.
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => body.current?.querySelector('input')?.focus(), [])
  return (
    <Dialog
      title={create.data ? 'Your new key' : 'A new API key'}
      onClose={onClose}
      width="max-w-[32rem]"
      // A key that nobody has read is valid all the same, and from the press on it may have been made.
      keep={create.isPending || create.data !== undefined}
    >
      <div ref={body}>
        {create.data ? (
          <ShownOnce made={create.data} onClose={onClose} />
        ) : (
          <ApiKeyForm busy={create.isPending} error={create.error} onSubmit={create.mutate} onClose={onClose} />
        )}
      </div>
    </Dialog>
  )
}

type ApiKeyFormProps = {
  busy: boolean
  error: Error | null
  onSubmit: (draft: ApiKeyDraft) => void
  onClose: () => void
}

function ApiKeyForm({ busy, error, onSubmit, onClose }: ApiKeyFormProps) {
  const [name, setName] = useState('')
  const [use, setUse] = useState<Use>('both')
  const [limit, setLimit] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>('90')
  const spends = use !== 'read'
  const { price: spendingLimit } = readPrice(limit)
  const problem = limit !== '' && spendingLimit === null ? 'Enter an amount in USDC, such as 25 or 0.5.' : null
  const ready = name.trim() !== '' && (!spends || spendingLimit !== null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    const expiresAt = expiryOf(lifetime, new Date())
    const common = { name: name.trim(), ...(expiresAt === undefined ? {} : { expiresAt }) }
    const { scopes } = uses.find(({ key }) => key === use) ?? uses[0]
    onSubmit(spends && spendingLimit !== null ? { ...common, scopes, spendingLimit } : { ...common, scopes: ['read'] })
  }
  const failure = error && errorSentence(error, 'Making the key')
  return (
    <form onSubmit={submit} className="flex flex-col gap-5 p-5">
      <Field
        label="Name"
        value={name}
        onChange={setName}
        maxLength={80}
        placeholder="Nightly renders"
        note="To tell it from others. Only you see it."
        required
      />
      <Choice legend="What it may do" name="use" options={uses} value={use} onChange={setUse} />
      {spends && (
        <AmountField
          label="It spends at most"
          value={limit}
          onChange={setLimit}
          placeholder="25"
          unit="USDC in all"
          problem={problem}
          note="Counted from its first task to its last, whatever money pays them. What a task gives back can be spent again. This is all that a thief of the key could spend."
          required
        />
      )}
      <Choice legend="It ends after" name="lifetime" options={lifetimes} value={lifetime} onChange={setLifetime} />
      {failure && (
        <Notice meaning="fail" title={failure.title} details={failure.details}>
          {failure.hint}
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose} disabled={busy}>
          Cancel
        </Button>
        <Button kind="primary" type="submit" busy={busy} disabled={!ready}>
          Make the key
        </Button>
      </div>
    </form>
  )
}

function ShownOnce({ made, onClose }: { made: CreatedApiKey; onClose: () => void }) {
  // The form that had the focus is gone: screen readers go on here.
  const text = useRef<HTMLParagraphElement>(null)
  useEffect(() => text.current?.focus(), [])
  return (
    <div className="flex flex-col gap-4 p-5">
      <p ref={text} tabIndex={-1} className="text-ink-2 outline-none">
        This is the only time that “{made.name}” is shown: we keep its fingerprint alone. Copy it to where your program
        keeps its secrets.
      </p>
      <div className="flex items-start gap-2 rounded-control border border-line-strong bg-sunken px-3 py-2.5">
        <code className="figure min-w-0 flex-1 text-12 break-all">{made.key}</code>
        <CopyButton text={made.key} label="Copy the key" />
      </div>
      <p className="text-12 text-ink-3">
        The command line reads it from OBLIVION_API_KEY; other programs send it in the header x-api-key.
      </p>
      <div className="flex justify-end">
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </div>
  )
}
