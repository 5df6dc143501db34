import { StateMark } from '../elements/StateMark.tsx'
import { formatMoment, formatTime } from '../format/formatTime.ts'
import { useNow } from '../shell/useNow.ts'
import { useOnline } from '../shell/useOnline.ts'
import { freshness } from './freshness.ts'

type AsOfProps = { asOf: string; updatedAt: number; ageSeconds?: number }

/** "as of 14:03:07, live"; turns to `wait` when the figures have grown old. */
export function AsOf({ asOf, updatedAt, ageSeconds }: AsOfProps) {
  const now = useNow(1000)
  const online = useOnline()
  const { live, words } = freshness({ now, updatedAt, online, ...(ageSeconds === undefined ? {} : { ageSeconds }) })
  const date = new Date(asOf)
  return (
    <p
      className={`inline-flex items-center gap-2 text-12 ${live ? 'text-ink-2' : 'text-wait-ink'}`}
      title={formatMoment(date)}
    >
      <StateMark meaning={live ? 'work' : 'wait'} size={8} />
      <span>
        as of{' '}
        <time dateTime={date.toISOString()} className="figure">
          {formatTime(date)}
        </time>
        , {words}
      </span>
    </p>
  )
}
