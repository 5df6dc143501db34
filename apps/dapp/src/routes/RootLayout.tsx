import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Toaster } from 'sonner'
import { useStore } from '../features/shell/createStore.ts'
import { TopBar } from '../features/shell/TopBar.tsx'
import { themeStore } from '../features/shell/theme.ts'

/** What every page stands in. */
export function RootLayout() {
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
        <Outlet />
      </main>
      <Notices />
    </>
  )
}

function Notices() {
  const theme = useStore(themeStore)
  return (
    <Toaster
      theme={theme}
      position="bottom-right"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'card flex w-full items-start gap-3 px-4 py-3 text-14 shadow-[0_12px_32px_oklch(0.17_0.01_250/0.18)]',
          title: 'font-medium',
          description: 'text-ink-2',
          icon: 'mt-0.5 text-fail',
          closeButton: 'order-last ml-auto text-ink-3 hover:text-ink',
        },
      }}
    />
  )
}
