import { useEffect, useState } from 'react'

/** What the demo's page tells of the worker in it: as much as any page can know. */
export type DemoState = { status: string; reason?: string; code?: string }

/** The latest word of the demo's page in the frame beside; null before its first. */
export function useDemoState(demoUrl: string | null): DemoState | null {
  const [state, setState] = useState<DemoState | null>(null)
  useEffect(() => {
    if (demoUrl === null) return
    const hear = ({ origin, data }: MessageEvent) => {
      const { oblivion } = Object(data) as { oblivion?: DemoState }
      if (origin === new URL(demoUrl).origin && typeof oblivion?.status === 'string') setState(oblivion)
    }
    window.addEventListener('message', hear)
    return () => window.removeEventListener('message', hear)
  }, [demoUrl])
  return state
}
