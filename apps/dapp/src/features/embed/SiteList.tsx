import { revokeSiteKey } from '@oblivion/client'
import type { Site } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Pill } from '../elements/Pill.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'

type SiteListProps = {
  sites: readonly Site[]
  chosen: string | null
  address: `0x${string}`
  onChoose: (site: Site) => void
  onChanged: () => void
}

/** The wallet's sites; the chosen one's key stands in the code. */
export function SiteList({ sites, chosen, address, onChoose, onChanged }: SiteListProps) {
  const config = useConfig()
  const [asked, setAsked] = useState<Site | null>(null)
  const revoke = useMutation({
    mutationFn: (site: Site) => revokeSiteKey(walletClient(config, address), { siteId: site.siteId }),
    onSuccess: onChanged,
  })
  const failure = revoke.error && errorSentence(revoke.error, 'Revoking the key')
  return (
    <>
      <ul aria-label="Your sites" className="card flex flex-col divide-y divide-line">
        {sites.map((site) => (
          <li key={site.siteId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{site.name}</p>
              <p className="truncate text-12 text-ink-3">
                {site.origins.join(', ')}; you {site.ownerBps / 100} %, visitors {100 - site.ownerBps / 100} %
              </p>
            </div>
            <span className="figure text-12 text-ink-2">
              {site.online} online, {site.visitors} in all
            </span>
            {site.revokedAt ? (
              <Pill meaning="rest">Revoked</Pill>
            ) : site.suspendedReason ? (
              <Pill meaning="fail" title={site.suspendedReason}>
                Suspended
              </Pill>
            ) : (
              <>
                <Button
                  size="small"
                  aria-pressed={site.siteId === chosen}
                  disabled={site.siteId === chosen}
                  onClick={() => onChoose(site)}
                >
                  {site.siteId === chosen ? 'In the code' : 'Show code'}
                </Button>
                <Button
                  size="small"
                  kind="quiet"
                  onClick={() => {
                    revoke.reset()
                    setAsked(site)
                  }}
                >
                  Revoke
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <Dialog title="Revoke this key?" onClose={() => setAsked(null)} keep={revoke.isPending}>
          <div className="flex flex-col gap-4 p-5">
            <p className="text-ink-2">
              Visitors of {asked.name} stop at once, and its key never works again. What was earned stays with whom it
              is. For the same pages you can make another site.
            </p>
            {failure && (
              <Notice meaning="fail" title={failure.title} details={failure.details}>
                {failure.hint}
              </Notice>
            )}
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={() => setAsked(null)} disabled={revoke.isPending}>
                Keep it
              </Button>
              <Button
                kind="danger"
                busy={revoke.isPending}
                onClick={() => revoke.mutate(asked, { onSuccess: () => setAsked(null) })}
              >
                Revoke it now
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}
