import { type ReactNode, useEffect } from 'react'

type PageProps = {
  /** What stands in the tab. */
  title: string
  /** One sentence that says how things stand. */
  sentence: ReactNode
  /** A second line, quieter. */
  below?: ReactNode
  action?: ReactNode
  children: ReactNode
}

/** Every page opens with a sentence that says how things stand, then shows it. */
export function Page({ title, sentence, below, action, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Oblivion`
  }, [title])
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 max-w-[58rem]">
          <h1 className="text-28 font-semibold tracking-[-0.02em]">{sentence}</h1>
          {below && <div className="mt-2 max-w-[46rem] text-pretty text-16 text-ink-2">{below}</div>}
        </div>
        {action}
      </header>
      {children}
    </div>
  )
}

type SectionProps = {
  title: string
  /** Where a link of the same page leads. */
  id?: string
  aside?: ReactNode
  children: ReactNode
}

/** A named part of a page. */
export function Section({ title, id, aside, children }: SectionProps) {
  return (
    <section aria-label={title} id={id} className="flex scroll-mt-36 flex-col gap-3 wide:scroll-mt-20">
      <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="text-14 font-medium">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
