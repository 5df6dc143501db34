import { revokeSiteKey } from '@oblivion/client'
import type { Site } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Pill } from '../elements/Pill.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { EditSite } from './EditSite.tsx'
import { SiteRefusal } from './SiteRefusal.tsx'

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
  // As it was at the press: what is typed is not written over by the next read of the list.
  const [edited, setEdited] = useState<Site | null>(null)
  const revoke = useMutation({
    mutationFn: (site: Site) => revokeSiteKey(walletClient(config, address), { siteId: site.siteId }),
    onSuccess: onChanged,
  })
  return (
    <>
      <ul aria-label="Your sites" className="card flex flex-col divide-y divide-line">
        {sites.map((site) => (
          <li key={site.siteId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div className="min-w-0 flex-[1_1_15rem]">
              <p className="truncate font-medium">{site.name}</p>
              <p className="text-12 text-ink-3 wrap-anywhere">
                {site.origins.join(', ')}; you {site.ownerBps / 100} %, visitors {(10_000 - site.ownerBps) / 100} %; at
                most {site.maxCpuPercent} % of a core
              </p>
              {site.suspendedReason && !site.revokedAt && (
                <p className="mt-1 text-12 text-fail-ink">
                  Nobody can start here until an operator lets it go on. The reason: {site.suspendedReason}
                </p>
              )}
            </div>
            <span className="figure text-12 text-ink-2">
              {site.online} online, {site.visitors} in all
            </span>
            {site.revokedAt && <Pill meaning="rest">Revoked</Pill>}
            {site.suspendedReason && !site.revokedAt && <Pill meaning="fail">Suspended</Pill>}
            {!site.revokedAt && (
              <div className="flex flex-wrap gap-x-1">
                {!site.suspendedReason && (
                  <Button
                    size="small"
                    aria-pressed={site.siteId === chosen}
                    disabled={site.siteId === chosen}
                    onClick={() => onChoose(site)}
                  >
                    {site.siteId === chosen ? 'In the code' : 'Show code'}
                  </Button>
                )}
                <Button size="small" kind="quiet" aria-label={`Edit ${site.name}`} onClick={() => setEdited(site)}>
                  Edit
                </Button>
                {!site.suspendedReason && (
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
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      {edited && <EditSite site={edited} address={address} onClose={() => setEdited(null)} onChanged={onChanged} />}
      {asked && (
        <Dialog title="Revoke this key?" onClose={() => setAsked(null)} keep={revoke.isPending}>
          <div className="flex flex-col gap-4 p-5">
            <p className="text-ink-2">
              Visitors of {asked.name} stop at once, and its key never works again. What was earned stays with whom it
              is. For the same pages you can make another site.
            </p>
            <SiteRefusal error={revoke.error} tried="Revoking the key" />
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
