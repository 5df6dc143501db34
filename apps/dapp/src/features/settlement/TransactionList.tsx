import { Section } from '../elements/Page.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { useStore } from '../shell/createStore.ts'
import { TransactionDots } from './TransactionDots.tsx'
import { TransactionLink } from './TransactionLink.tsx'
import { type Transaction, transactionSentence } from './transactionStep.ts'
import { transactionStore } from './transactionStore.ts'

const kinds: Record<Transaction['kind'], string> = {
  deposit: 'Deposit of',
  settle: 'Settling of',
  exit: 'Request to withdraw',
  stay: 'Request to withdraw, taken back',
  withdraw: 'Withdrawal of',
  cap: 'Daily cap of',
  payee: 'Another address for earnings',
}

/** The transactions of this visit with their life cycle; nothing where there is none. */
export function TransactionList() {
  const transactions = useStore(transactionStore)
  if (transactions.length === 0) return null
  return (
    <Section title="Transactions of this visit">
      <ul className="card">
        {transactions.map((transaction) => (
          <li
            key={transaction.id}
            className="grid gap-x-8 gap-y-3 border-line px-5 py-4 not-first:border-t wide:grid-cols-[1fr_20rem]"
          >
            <div>
              <p className="flex flex-wrap gap-x-3 font-medium">
                {kinds[transaction.kind]} {transaction.amount !== null && formatMoney(transaction.amount)}
                {transaction.hash && <TransactionLink hash={transaction.hash} />}
              </p>
              <p className={transaction.failure === null ? 'text-ink-2' : 'text-fail-ink'} role="status">
                {transactionSentence(transaction)}
              </p>
            </div>
            <TransactionDots transaction={transaction} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
