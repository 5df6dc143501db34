/** What a mark means; each has a colour and a shape of its own, and always stands beside a word. */
export type Meaning = 'work' | 'done' | 'wait' | 'fail' | 'rest'

const tones: Record<Meaning, string> = {
  work: 'text-work',
  done: 'text-work',
  wait: 'text-wait',
  fail: 'text-fail',
  rest: 'text-ink-3',
}

/** Disc: at work. Tick: done. Ring: waiting. Cross: failed. Dash: at rest. */
export function StateMark({ meaning, size = 10 }: { meaning: Meaning; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 10 10"
      className={`${tones[meaning]} shrink-0`}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
    >
      {meaning === 'work' && <circle cx="5" cy="5" r="4" fill="currentColor" stroke="none" />}
      {meaning === 'done' && <path d="M1.5 5.5L4 8l4.5-6" />}
      {meaning === 'wait' && <circle cx="5" cy="5" r="3.5" />}
      {meaning === 'fail' && <path d="M2 2l6 6M8 2l-6 6" />}
      {meaning === 'rest' && <path d="M2 5h6" />}
    </svg>
  )
}
