import { Field } from '../elements/Field.tsx'
import { More } from '../elements/More.tsx'
import type { Refused } from './refusal.ts'
import type { RunForm, RunPlan } from './runDraft.ts'

type RunFieldsProps = {
  /** What is computed: a tile, a chunk. */
  noun: string
  form: RunForm
  plan: RunPlan
  refused: Refused
  change: (part: Partial<RunForm>) => void
}

/** How it is worked through: how many at once, how often, how long, and before whom. */
export function RunFields({ noun, form, plan, refused, change }: RunFieldsProps) {
  const problems = {
    atOnce: plan.problems.atOnce ?? refused('maxConcurrentChunks'),
    attempts: plan.problems.attempts ?? refused('maxAttempts'),
    timeout: plan.problems.timeout ?? refused('timeoutSeconds'),
    priority: plan.problems.priority ?? refused('priority'),
  }
  const of = (name: keyof RunForm) => ({
    value: form[name],
    onChange: (typed: string) => change({ [name]: typed }),
    problem: problems[name],
    inputMode: 'numeric' as const,
    autoComplete: 'off',
    figures: true,
  })
  return (
    <More title="How it runs" says={plan.says} wrong={Object.values(problems).some((problem) => problem !== null)}>
      <div className="grid items-start gap-6 wide:grid-cols-2">
        <Field
          label="Attempts"
          {...of('attempts')}
          note={`How often a ${noun} may fail by its program before it is given up.`}
        />
        <Field
          label="Longest run"
          {...of('timeout')}
          placeholder="The network’s own"
          unit="s"
          note={`A worker that computes a ${noun} for longer is stopped, and another gets it.`}
        />
        <Field
          label="At once"
          {...of('atOnce')}
          placeholder="No limit"
          note={`How many ${noun}s may be in work at the same time, whoever computes them.`}
        />
        <Field
          label="Priority"
          {...of('priority')}
          note="From 0 to 9: of all that waits, a higher one is taken first."
        />
      </div>
    </More>
  )
}
