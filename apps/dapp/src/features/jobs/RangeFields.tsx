import { Field } from '../elements/Field.tsx'
import { plural } from '../format/plural.ts'
import type { ProgramPlan, RangeForm } from './programDraft.ts'
import type { Refused } from './refusal.ts'

type RangeFieldsProps = {
  form: RangeForm
  plan: ProgramPlan
  refused: Refused
  change: (part: Partial<RangeForm>) => void
}

/** Whole numbers in place of inputs: each chunk gets a piece of them. */
export function RangeFields({ form, plan, refused, change }: RangeFieldsProps) {
  const { rangeProblems, range, chunks } = plan
  const of = (name: keyof RangeForm) => ({
    value: form[name],
    onChange: (typed: string) => change({ [name]: typed }),
    problem: rangeProblems[name] ?? refused(name),
    inputMode: 'numeric' as const,
    autoComplete: 'off',
    figures: true,
  })
  return (
    <div>
      <div className="grid items-start gap-4 wide:grid-cols-3">
        <Field label="From" {...of('start')} placeholder="0" />
        <Field
          label="Up to, without it"
          {...of('end')}
          problem={rangeProblems.end ?? refused('end') ?? refused('range') ?? refused('inputs')}
        />
        <Field label="Numbers a chunk" {...of('step')} placeholder="1" />
      </div>
      <p className="mt-1.5 text-12 text-ink-3">
        {range === null
          ? 'Each chunk gets { start, end } as its input.'
          : `${plural(chunks, 'chunk')}: the first gets ${firstOf(range)} as its input.`}
      </p>
    </div>
  )
}

const firstOf = ({ start = 0, end, step = 1 }: NonNullable<ProgramPlan['range']>): string =>
  `{ start: ${start}, end: ${Math.min(end, start + step)} }`
