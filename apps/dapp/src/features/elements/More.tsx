import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'
import { ChevronIcon } from './icons.tsx'

type MoreProps = {
  title: string
  /** What is chosen in it, in a few words, so that it need not be opened to be known. */
  says: string
  /** Something in it is wrong: said on its face, for it may be folded. */
  wrong?: boolean
  children: ReactNode
}

/** A part that most people leave as it is: folded, with what it holds on its face. */
export function More({ title, says, wrong = false, children }: MoreProps) {
  return (
    <details className="group rounded-control border border-line">
      <summary className="flex min-h-10 cursor-pointer list-none items-center gap-x-2 rounded-control px-3 py-2 hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <span className="-rotate-90 text-ink-3 transition-transform duration-150 ease-out group-open:rotate-0">
          <ChevronIcon />
        </span>
        <span className="shrink-0 font-medium">{title}</span>
        <span
          className={classNames('min-w-0 flex-1 truncate text-right text-12', wrong ? 'text-fail-ink' : 'text-ink-3')}
        >
          {wrong ? 'Something in here is wrong' : says}
        </span>
      </summary>
      <div className="flex flex-col gap-6 border-line border-t px-3 pt-4 pb-5 wide:px-4">{children}</div>
    </details>
  )
}

/** The first thing in a form that is wrong, with the part unfolded in which it stands; null where nothing is. */
export function findWrong(form: HTMLFormElement): HTMLElement | null {
  const wrong = form.querySelector<HTMLElement>('[aria-invalid]')
  const folded = wrong?.closest('details')
  if (folded) folded.open = true
  return wrong
}
