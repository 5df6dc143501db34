import type { ReactNode } from 'react'
import { type Meaning, StateMark } from './StateMark.tsx'

type NoticeProps = {
  meaning: Meaning
  title: string
  /** What we did about it and what you can do. */
  children?: ReactNode
  /** The technical text, folded. */
  details?: string | undefined
  action?: ReactNode
}

/** What happened, what we did, what you can do; details folded. */
export function Notice({ meaning, title, children, details, action }: NoticeProps) {
  return (
    <div role={meaning === 'fail' ? 'alert' : 'status'} className="card flex flex-wrap items-start gap-3 px-5 py-4">
      <span className="mt-1.5">
        <StateMark meaning={meaning} />
      </span>
      <div className="min-w-48 flex-1 wrap-anywhere">
        <p className="font-medium">{title}</p>
        {children && <div className="mt-0.5 text-ink-2">{children}</div>}
        {details && (
          <details className="mt-2 text-12 text-ink-3">
            <summary className="cursor-pointer">Details</summary>
            <pre className="mt-1 overflow-x-auto whitespace-pre-wrap break-words font-mono">{details}</pre>
          </details>
        )}
      </div>
      {action}
    </div>
  )
}
