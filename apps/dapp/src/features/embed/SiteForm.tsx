import { createSite } from '@oblivion/client'
import type { Site, SiteSettings } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { SiteFields } from './SiteFields.tsx'
import { SiteRefusal } from './SiteRefusal.tsx'
import { useSiteForm } from './useSiteForm.ts'

/** A new site. */
export function SiteForm({ address, onMade }: { address: `0x${string}`; onMade: (site: Site) => void }) {
  const config = useConfig()
  const create = useMutation({
    mutationFn: (site: SiteSettings) => createSite(walletClient(config, address), { site }),
    onSuccess: (site) => {
      clear()
      onMade(site)
    },
  })
  const { ref, form, problems, failure, change, submit, clear } = useSiteForm(null, create.error, create.mutate)
  return (
    <form ref={ref} onSubmit={submit} noValidate className="card flex flex-col gap-4 px-6 py-5">
      <SiteFields form={form} onChange={change} problems={problems} />
      <SiteRefusal error={failure} tried="Making the site" />
      <div>
        <Button kind="primary" type="submit" busy={create.isPending}>
          Make the site
        </Button>
      </div>
    </form>
  )
}
