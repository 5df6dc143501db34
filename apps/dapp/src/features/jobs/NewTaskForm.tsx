import type { Asset } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { cardMoneyQuery } from '../cards/cardQueries.ts'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { units } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { Acknowledgement } from './Acknowledgement.tsx'
import { PriceCard } from './PriceCard.tsx'
import {
  firstPictureForm,
  type PictureForm,
  pictureSizes,
  planPicture,
  sampleChoices,
  tileSizes,
} from './pictureDraft.ts'
import { balanceQuery } from './taskQueries.ts'
import { usePostTask } from './usePostTask.ts'

/** Orders the demo picture: what it shall be, what it may cost, and the word that strangers see it. */
export function NewTaskForm({ address }: { address: `0x${string}` }) {
  const [form, setForm] = useState<PictureForm>(firstPictureForm)
  const [pressed, setPressed] = useState(false)
  const acknowledgement = useRef<HTMLInputElement>(null)
  const post = usePostTask(address)
  const moneys = useMoneys(address)
  const plan = planPicture(form)
  const change = (part: Partial<PictureForm>) => setForm((previous) => ({ ...previous, ...part }))

  function submit(event: FormEvent) {
    event.preventDefault()
    setPressed(true)
    if (!form.acknowledged) acknowledgement.current?.focus()
    else if (plan.pricePerTile !== null) void post.post(form, plan.pricePerTile)
  }
  return (
    <form onSubmit={submit} noValidate className="grid gap-6 full:grid-cols-[1fr_22rem]">
      <div className="card flex flex-col gap-6 self-start p-5 wide:p-6">
        <Field label="Title" value={form.title} maxLength={120} onChange={(title) => change({ title })} />
        <Choice
          legend="Picture"
          name="size"
          value={form.size}
          onChange={(size) => change({ size })}
          options={pictureSizes.map(({ key, width, height }) => ({ key, label: `${width} × ${height}` }))}
        />
        <Choice
          legend="Tiles"
          name="tile"
          value={form.tile}
          onChange={(tile) => change({ tile })}
          options={tileSizes.map(({ key, width, height }) => ({
            key,
            label: String(planPicture({ ...form, tile: key }).tiles),
            note: `${width} × ${height}`,
          }))}
        />
        <Choice
          legend="Paths a pixel"
          name="samples"
          value={form.samples}
          onChange={(samples) => change({ samples })}
          options={sampleChoices.map(({ key, word }) => ({ key, label: key, note: word }))}
        />
        {moneys.length > 1 && (
          <Choice
            legend="Pay with"
            name="asset"
            value={form.asset}
            onChange={(asset) => change({ asset })}
            options={moneys}
          />
        )}
        <Field
          label="Price per tile"
          value={form.price}
          onChange={(price) => change({ price })}
          inputMode="decimal"
          autoComplete="off"
          unit={units[form.asset]}
          figures
          className="max-w-80"
          problem={plan.priceProblem}
          note="Paid for each accepted tile, the network’s fee included."
        />
      </div>
      <PriceCard plan={plan} asset={form.asset} address={address}>
        <Acknowledgement
          ref={acknowledgement}
          checked={form.acknowledged}
          missing={pressed && !form.acknowledged}
          onChange={(acknowledged) => change({ acknowledged })}
        />
        <Button kind="primary" type="submit" busy={post.busy}>
          Post task
        </Button>
      </PriceCard>
    </form>
  )
}

/** The kinds of money that this wallet can pay with; tokens always. */
function useMoneys(address: string): readonly { key: Asset; label: string; note: string }[] {
  const config = useConfig()
  const play = useQuery(balanceQuery(config, address)).data?.play
  const card = useQuery(cardMoneyQuery(config, address)).data
  return [
    { key: 'chain', label: 'USDC', note: 'from your deposit' },
    ...(card && card.deposited > 0n ? [{ key: 'card', label: 'Card money', note: 'that you paid in' } as const] : []),
    ...(play ? [{ key: 'test', label: 'Play money', note: 'worth nothing' } as const] : []),
  ]
}
