import { type ReactNode, useEffect, useRef } from 'react'
import { CrossIcon } from './icons.tsx'
import { returnFocus } from './returnFocus.ts'

type DialogProps = {
  title: string
  onClose: () => void
  children: ReactNode
  width?: string
  /** No way out but a button inside, which has to be there: for what would be lost, or is under way. */
  keep?: boolean
}

/**
 * The browser's own modal: focus is kept inside, Escape and a press on the backdrop close it unless it is to `keep`, and
 * focus goes back to where it came from, or near it. Mounted means open.
 */
export function Dialog({ title, onClose, children, width = 'max-w-[26rem]', keep = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  // A press inside that is let go outside, as where text is selected, is a click on the element as well.
  const pressed = useRef(false)
  const giveBack = useRef<(() => void) | null>(null)
  const isPutAway = useRef(false)
  useEffect(() => {
    const dialog = element.current
    isPutAway.current = false
    if (dialog && !dialog.open) {
      giveBack.current = returnFocus(document.activeElement)
      dialog.showModal()
    }
    return () => {
      isPutAway.current = true
      // One that stays, hidden until its wallet signs in again, would keep the page around it from being used.
      if (dialog?.isConnected) dialog.close()
      // An element that goes while it is open leaves the focus nowhere.
      giveBack.current?.()
    }
  }, [])
  /** Only by the person: a `close` that comes of putting it away is nobody's wish. */
  const close = () => {
    if (isPutAway.current || element.current?.open) return
    // A browser that does not know `closedby` lets a second Escape through whatever the page says.
    if (keep) element.current?.showModal()
    else onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for it is Escape, which the element handles
    <dialog
      ref={element}
      aria-label={title}
      closedby={keep ? 'none' : 'closerequest'}
      onClose={close}
      onPointerDown={(event) => {
        pressed.current = event.target === element.current
      }}
      onClick={(event) => {
        if (!keep && pressed.current && event.target === element.current) element.current.close()
      }}
      className={`card m-auto w-[calc(100vw-2rem)] ${width} p-0 text-ink shadow-[0_16px_48px_oklch(0.17_0.01_250/0.25)]`}
    >
      <div className="flex items-center justify-between border-line border-b px-5 py-3">
        <h2 className="text-16 font-medium">{title}</h2>
        {!keep && (
          <button
            type="button"
            aria-label="Close"
            onClick={() => element.current?.close()}
            className="-mr-2 grid size-8 place-items-center rounded-control text-ink-2 hover:bg-sunken hover:text-ink"
          >
            <CrossIcon />
          </button>
        )}
      </div>
      {children}
    </dialog>
  )
}
