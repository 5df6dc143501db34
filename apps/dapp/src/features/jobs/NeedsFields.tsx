import type { WorkerType } from '@oblivion/core'
import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { More } from '../elements/More.tsx'
import { Ticks } from '../elements/Ticks.tsx'
import { type NeedsForm, type NeedsPlan, offerChoices, workerTypesFor } from './needsDraft.ts'
import type { Refused } from './refusal.ts'

type NeedsFieldsProps = {
  form: NeedsForm
  replicas: number
  /** Whether its program is one of ours. */
  builtin: boolean
  plan: NeedsPlan
  refused: Refused
  change: (part: Partial<NeedsForm>) => void
}

/** Which workers may compute it. */
export function NeedsFields({ form, replicas, builtin, plan, refused, change }: NeedsFieldsProps) {
  const isHidden = (type: WorkerType) => workerTypesFor(builtin).every(({ key }) => key !== type)
  const typesProblem = plan.typesProblem ?? refused('workerTypes')
  const capabilitiesProblem = plan.capabilitiesProblem ?? refused('capabilities')
  return (
    <More title="Which workers" says={plan.says} wrong={typesProblem !== null || capabilitiesProblem !== null}>
      <Ticks
        legend="Kinds of worker"
        options={workerTypesFor(builtin)}
        value={form.workerTypes}
        // What is not shown for this program stays as it was.
        onChange={(types) => change({ workerTypes: [...types, ...form.workerTypes.filter(isHidden)] })}
        problem={typesProblem}
        note="The fewer kinds may take it, the longer it waits."
      />
      <Field
        label="What a worker must have"
        value={form.capabilities}
        onChange={(capabilities) => change({ capabilities })}
        placeholder="Nothing in particular"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        problem={capabilitiesProblem}
        note="Names with commas between them, such as gpu. A worker has what its owner says it has: nobody proves it."
      />
      {replicas === 1 ? (
        <div>
          <Choice
            legend="Offer it to"
            name="offer"
            value={form.offer}
            onChange={(offer) => change({ offer })}
            options={offerChoices}
          />
          <p className="mt-1.5 text-12 text-ink-3">
            {form.offer === 'anyone'
              ? 'Where work is scarce, who has had less of it comes first.'
              : 'Each job is kept for one worker for 30 s, who asks the least per hour; then it is open to all.'}
          </p>
        </div>
      ) : (
        <p className="text-12 text-ink-3">
          It is offered to anyone: whose results are compared is drawn, never chosen by price.
        </p>
      )}
    </More>
  )
}
