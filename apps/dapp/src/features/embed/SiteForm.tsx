import { createSite } from '@oblivion/client'
import type { Site } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { Notice } from '../elements/Notice.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'

const shares = [
  { key: '10000', label: '100 %', note: 'all to you' },
  { key: '5000', label: '50 %', note: 'half each' },
  { key: '0', label: '0 %', note: 'all to visitors' },
] as const
const caps = [
  { key: '25', label: '25 %' },
  { key: '50', label: '50 %' },
  { key: '100', label: '100 %' },
] as const

/** An origin as browsers write it, or null. */
const originOf = (text: string): string | null => {
  try {
    const { origin, protocol } = new URL(text.includes('://') ? text : `https://${text}`)
    return protocol === 'https:' || protocol === 'http:' ? origin : null
  } catch {
    return null
  }
}

/** A new site: its name and origin, who earns, and the most that a visitor gives. */
export function SiteForm({ address, onMade }: { address: `0x${string}`; onMade: (site: Site) => void }) {
  const config = useConfig()
  const [name, setName] = useState('')
  const [place, setPlace] = useState('')
  const [share, setShare] = useState<(typeof shares)[number]['key']>('5000')
  const [cap, setCap] = useState<(typeof caps)[number]['key']>('50')
  const origin = originOf(place)
  const create = useMutation({
    mutationFn: (origins: string[]) =>
      createSite(walletClient(config, address), {
        site: { name: name.trim(), origins, ownerBps: Number(share), maxCpuPercent: Number(cap) },
      }),
    onSuccess: onMade,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (origin !== null && name.trim() !== '') create.mutate([origin])
  }
  const failure = create.error ? errorSentence(create.error, 'Making the site') : null
  return (
    <form onSubmit={submit} className="card flex flex-col gap-4 px-6 py-5">
      <Field
        label="Name"
        value={name}
        onChange={setName}
        maxLength={80}
        note="Visitors read it in the question."
        required
      />
      <Field
        label="Address of the site"
        value={place}
        onChange={setPlace}
        placeholder="https://example.com"
        required
        problem={place !== '' && origin === null ? 'This is no address of a site.' : null}
        note={
          origin && origin !== place
            ? `The key works on ${origin} and nowhere else.`
            : 'The key works there and nowhere else.'
        }
      />
      <Choice
        legend="Your part of what visitors earn"
        name="share"
        options={shares}
        value={share}
        onChange={setShare}
      />
      <Choice
        legend="Most of one core that a visitor can give"
        name="cap"
        options={caps}
        value={cap}
        onChange={setCap}
      />
      {failure && (
        <Notice meaning="fail" title={failure.title} details={failure.details}>
          {failure.hint}
        </Notice>
      )}
      <div>
        <Button kind="primary" type="submit" busy={create.isPending} disabled={origin === null || name.trim() === ''}>
          Make the site
        </Button>
      </div>
    </form>
  )
}
