import { Suspense, useState } from 'react'
import type { Config } from '../shell/config.ts'
import { lazyPart } from '../shell/lazyPart.ts'

// Most visitors do not ask, so it is not part of what the page loads at first.
const RecomputeSources = lazyPart(() => import('./RecomputeSources.tsx'), 'RecomputeSources')

/** What each figure is made of, for whoever does not believe the page. */
export function Recompute({ config }: { config: Config }) {
  const [asked, setAsked] = useState(false)
  return (
    <details className="-mt-3 text-12 text-ink-3" onToggle={() => setAsked(true)}>
      <summary className="w-fit cursor-pointer rounded-mark py-1 text-link">Recompute these figures</summary>
      {asked && (
        <Suspense>
          <RecomputeSources config={config} />
        </Suspense>
      )}
    </details>
  )
}
