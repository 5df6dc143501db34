import { AmountField } from '../elements/AmountField.tsx'
import { Choice } from '../elements/Choice.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { capSentence, type PriceForm, type PricePlan, pricingChoices } from './priceDraft.ts'
import type { Refused } from './refusal.ts'

type PriceFieldsProps = {
  unit: string
  /** What is paid for: a tile, a chunk. */
  noun: string
  form: PriceForm
  plan: PricePlan
  refused: Refused
  /** What an hour of a worker that names no price costs; null where the server does not say. */
  usual: bigint | null
  change: (part: Partial<PriceForm>) => void
}

/** What one job costs: a price, or its time up to a cap. */
export function PriceFields({ unit, noun, form, plan, refused, usual, change }: PriceFieldsProps) {
  const rate = plan.perHour ?? usual
  const worth = plan.metered && plan.most !== null && rate ? ` ${capSentence(plan.most, rate, unit)}` : ''
  const unnamed = usual ? ` (${formatAmount(usual)} ${unit} where it names none)` : ''
  return (
    <>
      <div>
        <Choice
          legend={`Each ${noun} costs`}
          name="pricing"
          value={form.pricing}
          onChange={(pricing) => change({ pricing })}
          options={pricingChoices}
        />
        <p className="mt-1.5 max-w-[68ch] text-12 text-ink-3">
          {plan.metered
            ? `The time that it took on the server’s clock, at its worker’s price per hour${unnamed}. One that takes much longer than the others is paid at most one and a half times what they usually take.`
            : 'The same whoever computes it. Paid once its result is accepted.'}
        </p>
      </div>
      <div className="grid items-start gap-6 wide:grid-cols-2">
        <AmountField
          label={plan.metered ? `At most per ${noun}` : `Price per ${noun}`}
          value={form.price}
          onChange={(price) => change({ price })}
          unit={unit}
          problem={plan.priceProblem ?? refused(plan.metered ? 'maxPricePerChunk' : 'pricePerChunk')}
          note={`The network’s fee included.${worth}`}
        />
        {plan.metered && (
          <AmountField
            label="Highest price per hour"
            value={form.perHour}
            onChange={(perHour) => change({ perHour })}
            placeholder="Any"
            unit={unit}
            problem={plan.perHourProblem ?? refused('maxPricePerHour')}
            note="Workers that ask more are passed over. Without it the cap alone bounds a dear one."
          />
        )}
      </div>
    </>
  )
}
