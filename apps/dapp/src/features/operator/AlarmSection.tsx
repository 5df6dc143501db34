import { Notice } from '../elements/Notice.tsx'
import { Section } from '../elements/Page.tsx'
import { Bone, Skeleton } from '../elements/Skeleton.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Time } from '../format/Time.tsx'
import { alarmTitle } from './operatorWords.ts'
import type { Health } from './readHealth.ts'

/** What a person has to look at, oldest first, as the coordinator says it. */
export function AlarmSection({ health, failed }: { health: Health | undefined; failed: boolean }) {
  const quiet = health !== undefined && !failed && health.alarms.length + health.down.length === 0
  return (
    <Section title="Alarms">
      {health === undefined && !failed && (
        <Skeleton label="Asking the coordinator">
          <div className="card px-5 py-5">
            <Bone className="h-3 w-40" />
          </div>
        </Skeleton>
      )}
      {failed && (
        <Notice meaning="fail" title="The coordinator does not answer.">
          Nothing is charged, paid or signed until it is back. Chunks go on, and what they earn is kept. Start it again;
          its log says why it ended.
        </Notice>
      )}
      {!failed &&
        health?.down.map((part) => (
          <Notice key={part} meaning="fail" title={`The coordinator cannot reach its ${part}.`}>
            It tries again until it can. Money waits meanwhile.
          </Notice>
        ))}
      {!failed &&
        health?.alarms.map((alarm) => (
          <Notice key={alarm.code} meaning="fail" title={alarmTitle(alarm)}>
            <p className="break-words">{alarm.message}</p>
            <p className="text-12 text-ink-3">
              Since <Time at={alarm.since} />
            </p>
          </Notice>
        ))}
      {quiet && (
        <p className="card flex items-center gap-3 px-5 py-4">
          <StateMark meaning="done" /> No alarm stands.
        </p>
      )}
    </Section>
  )
}
