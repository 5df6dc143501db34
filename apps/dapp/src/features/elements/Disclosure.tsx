import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { classNames } from './classNames.ts'

type DisclosureProps = {
  label: string
  face: ReactNode
  buttonClassName: string
  children: (close: () => void) => ReactNode
}

/** A button with a small panel under it; Escape and a press elsewhere close it. */
export function Disclosure({ label, face, buttonClassName, children }: DisclosureProps) {
  const [open, setOpen] = useState(false)
  const panel = useId()
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!open) return
    const onPress = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', onPress)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPress)
      document.removeEventListener('keydown', onKey)
    }
  }, [open])
  return (
    <div ref={root} className="relative">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
        className={buttonClassName}
      >
        {face}
      </button>
      <div
        id={panel}
        hidden={!open}
        className={classNames(
          'card fixed inset-x-4 top-12 z-20 mt-1 overflow-hidden wide:absolute wide:inset-x-auto wide:top-full wide:right-0 wide:mt-2 wide:w-[23rem]',
          'shadow-[0_12px_32px_oklch(0.17_0.01_250/0.18)]',
        )}
      >
        {open && children(() => setOpen(false))}
      </div>
    </div>
  )
}
