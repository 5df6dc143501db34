import { dotStates, type Transaction, transactionSteps } from './transactionStep.ts'

const dots = {
  done: 'border-work bg-work',
  current: 'border-wait bg-transparent',
  ahead: 'border-line-strong bg-transparent',
  failed: 'border-fail bg-fail',
}
const words = { done: 'done', current: 'under way', ahead: 'to come', failed: 'failed here' }

/** The life of a transaction as four dots: sign, sent, in a block, final. */
export function TransactionDots({ transaction }: { transaction: Transaction }) {
  const states = dotStates(transaction)
  return (
    <ol className="flex" aria-label="Life of the transaction">
      {transactionSteps.map(({ step, word }, index) => {
        const state = states[index] ?? 'ahead'
        return (
          <li key={step} className="relative flex flex-1 flex-col items-start gap-1.5 last:flex-none">
            <span className="flex w-full items-center" aria-hidden="true">
              <span className={`size-2.5 shrink-0 rounded-full border-2 ${dots[state]}`} />
              {index < transactionSteps.length - 1 && (
                <span className={`h-px flex-1 ${states[index + 1] === 'done' ? 'bg-work' : 'bg-line-strong'}`} />
              )}
            </span>
            <span className={`whitespace-nowrap text-12 ${state === 'ahead' ? 'text-ink-3' : 'text-ink-2'}`}>
              {word}
              <span className="sr-only">: {words[state]}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}
