import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'
import { type Meaning, StateMark } from './StateMark.tsx'

const looks: Record<Meaning, string> = {
  work: 'text-work-ink border-work/40 bg-work/8',
  done: 'text-work-ink border-work/40 bg-work/8',
  wait: 'text-wait-ink border-wait/50 bg-wait/10',
  fail: 'text-fail-ink border-fail/40 bg-fail/8',
  rest: 'text-ink-2 border-line bg-sunken',
}

/** A word with its mark. */
export function Pill({ meaning, children, title }: { meaning: Meaning; children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border px-2 text-12 font-medium',
        looks[meaning],
      )}
    >
      <StateMark meaning={meaning} size={8} />
      {children}
    </span>
  )
}
