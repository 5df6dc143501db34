import { useEffect, useState } from 'react'

/** True once `active` has held for `milliseconds`: a skeleton that flashes is worse than none. */
export function useAfter(milliseconds: number, active = true): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    if (!active) {
      setPassed(false)
      return
    }
    const timer = setTimeout(() => setPassed(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds, active])
  return passed && active
}
