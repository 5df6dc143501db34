import { listSites } from '@oblivion/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../features/api/walletClient.ts'
import { Choice } from '../features/elements/Choice.tsx'
import { CopyButton } from '../features/elements/CopyButton.tsx'
import { Page, Section } from '../features/elements/Page.tsx'
import { LivePage } from '../features/embed/LivePage.tsx'
import { SiteForm } from '../features/embed/SiteForm.tsx'
import { SiteList } from '../features/embed/SiteList.tsx'
import { headersFor, packCommand, type SnippetKind, snippet } from '../features/embed/snippets.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'

const kinds = [
  { key: 'tag', label: 'Script tag', note: 'one line' },
  { key: 'element', label: 'Element', note: 'package' },
  { key: 'module', label: 'Module', note: 'package, typed' },
  { key: 'frame', label: 'Frame', note: 'no script' },
] as const

/** For owners of sites: a key, the code to paste, and a live page of another origin that has it. */
export function EmbedPage() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const [kind, setKind] = useState<SnippetKind>('tag')
  const [chosen, setChosen] = useState<string | null>(null)
  const sites = useQuery({
    queryKey: ['sites', address],
    queryFn: ({ signal }) => listSites(walletClient(config, address ?? ''), { signal }),
    enabled: address !== null,
    refetchInterval: 10_000,
  })
  const script = useQuery({
    queryKey: ['embed-script', config.bridgeUrl],
    queryFn: async ({ signal }) => {
      const answer = await fetch(new URL('/embed.json', config.bridgeUrl), { signal })
      if (!answer.ok) throw new Error(`/embed.json answers ${answer.status}`)
      return (await answer.json()) as { src: string; integrity: string }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const open = sites.data?.filter(({ revokedAt, suspendedReason }) => !revokedAt && !suspendedReason) ?? []
  const site = open.find(({ siteId }) => siteId === chosen) ?? open[0] ?? null
  const siteKey = site?.siteKey ?? 'obs_your_site_key'
  const code = snippet(kind, { bridgeUrl: config.bridgeUrl, siteKey, script: script.data ?? null })
  return (
    <Page
      title="Embed"
      sentence="Earn from visitors who agree."
      below="Paste one tag. Each visitor is asked in a frame of ours, computes only after a yes, and stops with one click. You choose which part is yours. It is held for a day, and results that are proven wrong come off it."
    >
      <div className="grid gap-6 wide:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <Section title="Code for your page" aside={<CopyButton text={code} label="Copy the code" />}>
            <Choice legend="How" name="kind" options={kinds} value={kind} onChange={setKind} />
            <pre className="card whitespace-pre-wrap break-all px-5 py-4 font-mono text-12">{code}</pre>
            <p className="text-12 text-ink-3">
              {site
                ? `With the key of ${site.name}. It is public: it works on its origins alone.`
                : 'Make a site below to get its key.'}
            </p>
            {(kind === 'element' || kind === 'module') && (
              <div className="flex flex-col gap-2 text-12 text-ink-3">
                <p>
                  No registry has the package yet. This, in a clone of Oblivion’s repository, writes it as a file and
                  says the npm install that your project needs:
                </p>
                <code className="figure text-ink-2">{packCommand}</code>
              </div>
            )}
          </Section>
          <Section title="Headers of your page">
            <p className="text-ink-2">
              A page with a Content-Security-Policy adds these to it; a page without one needs nothing.
            </p>
            <ul className="card flex flex-col divide-y divide-line">
              {headersFor(kind, config.bridgeUrl).map((line) => (
                <li key={line} className="figure px-5 py-2.5 text-12 break-all">
                  {line}
                </li>
              ))}
            </ul>
          </Section>
        </div>
        {config.embedDemoUrl && (
          <Section title="A live page of another origin">
            <LivePage demoUrl={config.embedDemoUrl} />
          </Section>
        )}
      </div>
      <Section title="Your sites">
        <SignInGate purpose="make a site and get its key">
          {(signedIn) => (
            <div className="flex flex-col gap-4">
              {sites.error && <QueryFailed error={sites.error} tried="Reading your sites" retry={sites.refetch} />}
              {sites.data && sites.data.length > 0 && (
                <SiteList
                  sites={sites.data}
                  chosen={site?.siteId ?? null}
                  address={signedIn}
                  onChoose={({ siteId }) => setChosen(siteId)}
                  onChanged={() => void sites.refetch()}
                />
              )}
              <SiteForm
                address={signedIn}
                onMade={({ siteId }) => {
                  setChosen(siteId)
                  void sites.refetch()
                }}
              />
            </div>
          )}
        </SignInGate>
      </Section>
    </Page>
  )
}
