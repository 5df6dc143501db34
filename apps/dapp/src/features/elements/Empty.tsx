import type { ReactNode } from 'react'

/** Nothing here yet: what this will show, and the one next action. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="card flex flex-col items-start gap-4 border-dashed border-line-strong px-6 py-8">
      <div>
        <p className="text-16 font-medium">{title}</p>
        <p className="mt-1 max-w-[60ch] text-ink-2">{children}</p>
      </div>
      {action}
    </div>
  )
}
