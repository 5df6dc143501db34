import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { checkChoices, type OrderTerms, repeatChoices } from './orderTerms.ts'

type TermsFieldsProps = { terms: OrderTerms; repeatProblem: string | null; change: (part: Partial<OrderTerms>) => void }

/** How results are checked, and whether the task is posted again and again. */
export function TermsFields({ terms, repeatProblem, change }: TermsFieldsProps) {
  return (
    <>
      <div>
        <Choice
          legend="Compute each chunk"
          name="check"
          value={terms.check}
          onChange={(check) => change({ check })}
          options={checkChoices}
        />
        <p className="mt-1.5 text-12 text-ink-3">
          {terms.check === '1'
            ? 'A result is taken as it comes. Cheap, and right where you can tell a wrong one yourself.'
            : 'By different owners, each of whom is paid. You see a result once enough of them agree.'}
        </p>
      </div>
      <Choice
        legend="Post it"
        name="repeat"
        value={terms.repeat}
        onChange={(repeat) => change({ repeat })}
        options={repeatChoices}
      />
      {terms.repeat === 'every' && (
        <Field
          label="Minutes from one run to the next"
          value={terms.everyMinutes}
          onChange={(everyMinutes) => change({ everyMinutes })}
          inputMode="numeric"
          unit="min"
          figures
          className="max-w-80"
          problem={repeatProblem}
          note="A run is left out while the task of the one before still runs."
        />
      )}
      {terms.repeat === 'cron' && (
        <Field
          label="Times, as cron, in UTC"
          value={terms.cron}
          onChange={(cron) => change({ cron })}
          autoComplete="off"
          figures
          className="max-w-80"
          problem={repeatProblem}
          note="Minute, hour, day, month, weekday. A run is left out while the one before still runs."
        />
      )}
    </>
  )
}
