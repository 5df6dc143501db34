import type { WorkerLimits } from '@oblivion/sdk'
import { Choice } from '../elements/Choice.tsx'
import { Section } from '../elements/Page.tsx'
import { useStore } from '../shell/createStore.ts'
import { changeLimits, limitsStore } from './limits.ts'
import { workerStore } from './workerStore.ts'

/** Chromium does; Firefox and Safari tell no page, and the worker computes on (`watchConditions`). */
const tellsOfBattery = 'getBattery' in navigator

type When = 'open' | 'visible'

/** What the worker may take of this machine: a meter whose limit is a handle on it, and when it may run. */
export function LimitsCard() {
  const limits = useStore(limitsStore)
  return (
    <Section title="Your machine">
      <div className="card grid gap-x-10 gap-y-6 px-5 py-5 wide:grid-cols-2 wide:px-6">
        <CpuMeter limits={limits} />
        <div className="flex flex-col gap-4">
          <Choice<When>
            legend="When to run"
            name="when"
            value={limits.when.includes('visible') ? 'visible' : 'open'}
            onChange={(when) => changeLimits({ when: changed(limits, 'visible', when === 'visible') })}
            options={[
              { key: 'open', label: 'While open', note: 'Also in the background' },
              { key: 'visible', label: 'In front', note: 'Only while you see it' },
            ]}
          />
          {tellsOfBattery ? (
            <Check
              checked={!limits.when.includes('on-power')}
              onChange={(on) => changeLimits({ when: changed(limits, 'on-power', !on) })}
              label="Also on battery"
              note="Otherwise it pauses when the charger is unplugged."
            />
          ) : (
            <p className="text-12 text-ink-2">
              It runs on battery too: this browser does not tell a page when the charger is unplugged.
            </p>
          )}
          <Check
            checked={limits.strangersPrograms}
            onChange={(strangersPrograms) => changeLimits({ strangersPrograms })}
            label="Also run programs that customers wrote"
            note="Nobody has reviewed them. They run in the same sandbox, without network, files or your wallet; what they compute is theirs. Counts from the next start."
          />
        </div>
      </div>
    </Section>
  )
}

function changed({ when }: WorkerLimits, word: WorkerLimits['when'][number], on: boolean): WorkerLimits['when'] {
  const others = when.filter((other) => other !== word)
  return on ? [...others, word] : others
}

/** The bar shows what is used now, the handle what may be. */
function CpuMeter({ limits }: { limits: WorkerLimits }) {
  const { share } = useStore(workerStore)
  const used = Math.round(share * 100)
  const limit = Math.round(limits.cpu * 100)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor="cpu-limit" className="font-medium">
          Processor
        </label>
        <p className="text-12 text-ink-2">
          <span className="figure text-ink">{used} %</span> of one core now
        </p>
      </div>
      <div className="relative h-6">
        <div className="absolute inset-x-0 top-2 h-2 overflow-hidden rounded-full bg-line" aria-hidden="true">
          <div
            className="h-full rounded-full bg-work transition-[width] duration-200 ease-out"
            style={{ width: `${Math.min(100, used)}%` }}
          />
        </div>
        <input
          id="cpu-limit"
          type="range"
          min={10}
          max={100}
          step={5}
          value={limit}
          aria-valuetext={`At most ${limit} percent of one core`}
          onChange={(event) => changeLimits({ cpu: Number(event.currentTarget.value) / 100 })}
          // The track begins at 10 %, so that the handle stands where the bar would end.
          className="meter-handle absolute top-0 right-0 h-6 w-[90%]"
        />
      </div>
      <p className="text-12 text-ink-2">
        At most <span className="figure text-ink">{limit} %</span> of one core. Less is slower, cooler and quieter; a
        change counts within a second where the program allows it, else from the next job on.
      </p>
      <p className="text-12 text-ink-2">
        It also pauses by itself while this page is busy, and where the browser is set to save data.
      </p>
    </div>
  )
}

function Check(props: { checked: boolean; onChange: (on: boolean) => void; label: string; note: string }) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
        className="mt-1 size-4 shrink-0 accent-ink"
      />
      <span>
        {props.label}
        <span className="block text-12 text-ink-2">{props.note}</span>
      </span>
    </label>
  )
}
