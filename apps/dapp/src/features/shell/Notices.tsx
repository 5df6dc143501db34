import { useEffect } from 'react'
import { Toaster } from 'sonner'
import { useStore } from './createStore.ts'
import { noticesMounted } from './tell.ts'
import { themeStore } from './theme.ts'

/** Where notices appear. */
export function Notices() {
  const theme = useStore(themeStore)
  // Runs after the effects of the Toaster below, which by then listens.
  useEffect(noticesMounted, [])
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
