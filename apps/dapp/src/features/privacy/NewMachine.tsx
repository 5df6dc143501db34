import { registerNode } from '@oblivion/client'
import type { Registration } from '@oblivion/core'
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
import { Ticks } from '../elements/Ticks.tsx'
import { readPrice } from '../jobs/readPrice.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import {
  type MachineKind,
  machineCommand,
  machineKinds,
  machineVariables,
  type NodeCount,
  nodeCounts,
  nodeNames,
} from './machineWords.ts'

type Draft = {
  hardwareId: string
  /** Of Python alone: a server takes as many jobs as its one node may hold. */
  count: number
  workerType: MachineKind
  pricePerHour: bigint | undefined
  /** Of a server alone. */
  strangersPrograms: boolean
}
type Made = { draft: Draft; made: readonly Registration[] }
type NewMachineProps = {
  address: `0x${string}`
  /** Ids of the wallet's machines: under one of these a machine is the same again, with a new key. */
  known: readonly string[]
  onClose: () => void
  onMade: () => void
}

/** What runs it, its name and its price; then its variables with its key, which are shown this once. */
export function NewMachine({ address, known, onClose, onMade }: NewMachineProps) {
  const config = useConfig()
  const register = useMutation({
    mutationFn: async (draft: Draft): Promise<Made> => {
      const { strangersPrograms, hardwareId, count, ...node } = draft
      const capabilities = strangersPrograms ? { strangersPrograms } : {}
      const made: Registration[] = []
      try {
        for (const name of nodeNames(hardwareId, count))
          made.push(await registerNode(walletClient(config, address), { ...node, hardwareId: name, capabilities }))
      } catch (error) {
        // The keys before it are valid all the same.
        if (made.length === 0) throw error
      }
      return { draft, made }
    },
    onSuccess: onMade,
    // The key stays in no memory but this dialog's.
    gcTime: 0,
  })
  const done = register.data
  return (
    <Dialog
      title={done ? 'Your new machine' : 'Add a machine'}
      onClose={onClose}
      width="max-w-[32rem]"
      // A key that nobody has read is valid all the same, and from the press on it may have been made.
      keep={register.isPending || done !== undefined}
    >
      {done ? (
        <ShownOnce {...done} onClose={onClose} />
      ) : (
        <MachineForm
          known={known}
          busy={register.isPending}
          error={register.error}
          onSubmit={register.mutate}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

type MachineFormProps = {
  known: readonly string[]
  busy: boolean
  error: Error | null
  onSubmit: (draft: Draft) => void
  onClose: () => void
}

function MachineForm({ known, busy, error, onSubmit, onClose }: MachineFormProps) {
  const [workerType, setWorkerType] = useState<MachineKind>('python')
  const [name, setName] = useState('')
  const [count, setCount] = useState<NodeCount>('1')
  const [also, setAlso] = useState<readonly 'strangers'[]>([])
  const [price, setPrice] = useState('')
  const { price: pricePerHour, problem } = price === '' ? { price: undefined, problem: null } : readPrice(price)
  const hardwareId = name.trim()
  const nodes = workerType === 'python' ? Number(count) : 1
  const ready = hardwareId !== '' && pricePerHour !== null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const strangersPrograms = workerType === 'server' && also.length > 0
    if (ready) onSubmit({ hardwareId, count: nodes, workerType, pricePerHour, strangersPrograms })
  }
  const failure = error && errorSentence(error, 'Adding the machine')
  return (
    <form onSubmit={submit} className="flex flex-col gap-5 p-5">
      <Choice legend="What runs on it" name="kind" options={machineKinds} value={workerType} onChange={setWorkerType} />
      {workerType === 'python' && (
        <Choice legend="How many nodes" name="count" options={nodeCounts} value={count} onChange={setCount} />
      )}
      {workerType === 'server' && (
        <Ticks
          legend="Customers’ programs"
          options={[{ key: 'strangers', label: 'Also run programs that customers wrote', note: '' }]}
          value={also}
          onChange={setAlso}
          note="Nobody has reviewed them. Each job runs in a process of its own without any permission: no network, no file, no key of this machine’s."
        />
      )}
      <Field
        label="Name"
        value={name}
        onChange={setName}
        // Several nodes have numbers behind it, and the server takes 200 characters.
        maxLength={198}
        placeholder="The one in the cellar"
        note={
          nodeNames(hardwareId, nodes).some((each) => known.includes(each))
            ? 'You have a machine of this name: it gets a new key, and its present one ends.'
            : 'To tell it from others. You see it, and whoever runs this network.'
        }
        required
      />
      <AmountField
        label="It asks per hour (optional)"
        value={price}
        onChange={setPrice}
        placeholder="0.25"
        unit="USDC"
        problem={problem}
        note="Its rate for tasks that are paid by time; without one it gets the network’s usual rate."
      />
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
          Add the machine
        </Button>
      </div>
    </form>
  )
}

function ShownOnce({ draft, made, onClose }: Made & { onClose: () => void }) {
  const config = useConfig()
  const variables = machineVariables(config, made)
  const kind = machineKinds.find(({ key }) => key === draft.workerType)
  // The form that had the focus is gone: screen readers go on here.
  const text = useRef<HTMLParagraphElement>(null)
  useEffect(() => text.current?.focus(), [])
  return (
    <div className="flex flex-col gap-4 p-5">
      <p ref={text} tabIndex={-1} className="text-ink-2 outline-none">
        This is the only time that the {made.length === 1 ? 'key' : `${made.length} keys`} of “{draft.hardwareId}”{' '}
        {made.length === 1 ? 'is' : 'are'} shown: we keep {made.length === 1 ? 'its fingerprint' : 'their fingerprints'}{' '}
        alone. {made.length === 1 ? 'It earns' : 'They earn'} for this wallet and{' '}
        {made.length === 1 ? 'reaches' : 'reach'} no money.
      </p>
      {made.length < draft.count && (
        <Notice meaning="wait" title={`${made.length} of ${draft.count} nodes were added.`}>
          The next one was refused or not answered. These work without it; add more under another name.
        </Notice>
      )}
      <div className="flex items-start gap-2 rounded-control border border-line-strong bg-sunken px-3 py-2.5">
        <code className="figure min-w-0 flex-1 whitespace-pre-wrap text-12 break-all">{variables}</code>
        <CopyButton text={variables} label="Copy the lines" />
      </div>
      <p className="text-ink-2">
        {kind?.needs}, and start it there by
        <code className="figure mt-1 block text-12 text-ink">{machineCommand(draft)}</code>
      </p>
      <p className="text-12 text-ink-3">Whoever runs this page can say where the source code is.</p>
      <div className="flex justify-end">
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </div>
  )
}
