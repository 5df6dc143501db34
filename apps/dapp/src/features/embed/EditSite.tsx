import { updateSite } from '@oblivion/client'
import type { Site, SiteSettings } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { SiteFields } from './SiteFields.tsx'
import { SiteRefusal } from './SiteRefusal.tsx'
import { changesOf } from './siteDraft.ts'
import { useSiteForm } from './useSiteForm.ts'

type EditSiteProps = { site: Site; address: `0x${string}`; onClose: () => void; onChanged: () => void }

/** Changes a site; its key stays, so no page has to be touched. */
export function EditSite({ site, address, onClose, onChanged }: EditSiteProps) {
  const config = useConfig()
  const update = useMutation({
    mutationFn: (changes: Partial<SiteSettings>) =>
      updateSite(walletClient(config, address), { siteId: site.siteId, changes }),
    onSuccess: () => {
      onChanged()
      onClose()
    },
  })
  const { ref, form, problems, failure, change, submit } = useSiteForm(site, update.error, (settings) => {
    const changes = changesOf(site, settings)
    if (Object.keys(changes).length === 0) onClose()
    else update.mutate(changes)
  })
  // After the dialog has opened, which gives the focus to its first button.
  useEffect(() => ref.current?.querySelector('input')?.focus(), [ref])
  return (
    <Dialog title={`Edit ${site.name}`} onClose={onClose} width="max-w-[36rem]" keep={update.isPending}>
      <form ref={ref} onSubmit={submit} noValidate className="flex flex-col gap-4 p-5">
        <SiteFields form={form} onChange={change} problems={problems} changing />
        <SiteRefusal error={failure} tried="Changing the site" />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose} disabled={update.isPending}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" busy={update.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
