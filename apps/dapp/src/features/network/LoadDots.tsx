import { plural } from '../format/plural.ts'

const most = 8

/** Active jobs as dots against the cap: full for a job, hollow for a free place. Above eight, figures say it. */
export function LoadDots({ current, cap }: { current: number; cap: number }) {
  const label = `${current} of ${plural(cap, 'job')}`
  if (cap > most) return <span className="figure">{`${current} / ${cap}`}</span>
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex gap-1 align-middle">
      {Array.from({ length: cap }, (_, index) => (
        <span
          key={index}
          className={`size-2 rounded-full border ${index < current ? 'border-work bg-work' : 'border-line-strong'}`}
        />
      ))}
    </span>
  )
}
