import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useRef } from 'react'
import { useStore } from '../features/shell/createStore.ts'
import { lazyPart } from '../features/shell/lazyPart.ts'
import { TopBar } from '../features/shell/TopBar.tsx'
import { noticesStore } from '../features/shell/tell.ts'
import { useOnline } from '../features/shell/useOnline.ts'

const Notices = lazyPart(() => import('../features/shell/Notices.tsx'), 'Notices')

/** What every page stands in. */
export function RootLayout() {
  const noticing = useStore(noticesStore)
  const opensLater = useRouterState({ select: (state) => state.isLoading })
  const online = useOnline()
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    // After a change of page (not the first load) reading goes on at its top, for the keyboard and screen readers too.
    if (before.current !== undefined && path !== before.current) main.current?.focus({ preventScroll: true })
    before.current = path
  }, [path])
  return (
    <>
      <a
        href="#content"
        className="absolute top-2 left-2 z-30 rounded-control bg-ink px-3 py-2 text-bg not-focus:sr-only"
      >
        Skip to the content
      </a>
      <TopBar />
      <main
        ref={main}
        id="content"
        tabIndex={-1}
        className="mx-auto max-w-[1120px] px-4 pt-8 pb-16 outline-none wide:px-6 wide:pt-12"
      >
        {!online && (
          <p role="status" className="mb-6 text-wait-ink">
            There is no connection. {opensLater ? 'The page opens' : 'What stands here is read anew'} when it is back.
          </p>
        )}
        <Outlet />
      </main>
      <footer className="mx-auto max-w-[1120px] px-4 pb-8 text-12 wide:px-6">
        <Link to="/how-it-works" className="inline-flex min-h-6 items-center text-ink-2 hover:text-ink">
          How it works, and what the words mean
        </Link>
      </footer>
      {noticing && (
        <Suspense>
          <Notices />
        </Suspense>
      )}
    </>
  )
}
