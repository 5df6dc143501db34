import { useQuery } from '@tanstack/react-query'
import { Figures } from '../elements/Figures.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Section } from '../elements/Page.tsx'
import { Pill } from '../elements/Pill.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { CardPayment } from './CardPayment.tsx'
import { CardRefund } from './CardRefund.tsx'
import { CardReturnNotice } from './CardReturnNotice.tsx'
import { cardEarningFigures, cardFigures, windowSentence } from './cardFigures.ts'
import { cardMoneyQuery, cardOfferQuery } from './cardQueries.ts'

/** Money that was paid by card, apart from tokens. Nothing at all where cards are not taken and none of it is there. */
export function CardMoneySection({ address }: { address: string }) {
  const config = useConfig()
  const offer = useQuery(cardOfferQuery(config)).data ?? null
  const money = useQuery(cardMoneyQuery(config, address)).data
  if (money === undefined) return null
  const isCustomer = money.deposited > 0n
  const isProvider = money.earnings.total > 0n
  if (offer === null && !isCustomer && !isProvider) return null
  return (
    <Section title="Card money" aside={offer?.mode === 'test' && <Pill meaning="wait">Test cards</Pill>}>
      <CardReturnNotice money={money} />
      {money.frozen && (
        <Notice meaning="fail" title="A payment of yours is disputed, so your card money is frozen.">
          Tasks that it paid were ended. Tokens are not touched. Settle the dispute with your bank, or write to the
          operator.
        </Notice>
      )}
      {isCustomer && <Figures label="Card money" entries={cardFigures(money)} />}
      {isProvider && (
        <>
          <p className="text-ink-2">{windowSentence(money)}</p>
          <Figures label="Earned in card money" entries={cardEarningFigures(money)} />
        </>
      )}
      {!money.frozen && (
        <div className={isCustomer && offer !== null ? 'grid gap-4 wide:grid-cols-2' : ''}>
          {offer !== null && <CardPayment address={address} money={money} offer={offer} />}
          {isCustomer && <CardRefund address={address} money={money} />}
        </div>
      )}
    </Section>
  )
}
