import { Button } from '../elements/Button.tsx'
import { Mark } from './Mark.tsx'

/** Shown instead of the site when it does not know where its server is. */
export function ConfigFailed({ reason }: { reason: string }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[36rem] flex-col justify-center gap-6 px-6 py-12">
      <p className="flex items-center gap-2 font-semibold text-16">
        <Mark /> Oblivion
      </p>
      <div>
        <h1 className="font-semibold text-28 tracking-[-0.02em]">This page does not know its server.</h1>
        <p className="mt-3 text-16 text-ink-2">
          {reason} That file says where its database, its chain and its frames are, and is read each time the page
          loads. Nothing was started and nothing was sent.
        </p>
      </div>
      <ul className="flex list-disc flex-col gap-2 pl-5 text-ink-2">
        <li>If you opened this page, wait a moment and load it again: the server may still be starting.</li>
        <li>
          If you run it, check that the start command has printed <code className="font-mono">ready</code>, and that{' '}
          <code className="font-mono">/config.json</code> is served beside this page.
        </li>
      </ul>
      <Button kind="primary" className="self-start" onClick={() => location.reload()}>
        Load again
      </Button>
    </main>
  )
}
