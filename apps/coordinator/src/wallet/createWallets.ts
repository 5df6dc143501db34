import {
  type Client,
  changePlayMoney,
  createClient,
  type FunctionName,
  myBalance,
  myCardMoney,
  myVoucher,
  requestCardRefund,
} from '@oblivion/client'
import type { ReadClient } from '@oblivion/contracts'
import { CardsUnavailableError, InvalidInputError, NoSettlementInstanceError } from '@oblivion/core'
import { type Address, getAddress, type Hex } from 'viem'
import { UNITS_PER_CENT } from '../cards/CardSettings.ts'
import type { Cards } from '../cards/createCards.ts'
import { chainDeposit, type SignedPermit } from './chainDeposit.ts'
import { chainWithdrawal } from './chainWithdrawal.ts'
import { stepOf } from './Step.ts'

/** Where sessions are known, and the key that everybody may have. */
export type Project = { readonly supabaseUrl: string; readonly supabaseKey: string }

/** A wallet's money as its session sees it: every call is made as that caller, by the database's own functions (A5). */
export type Wallets = ReturnType<typeof createWallets>

/** `requestId` names a wish: the same one twice happens once. */
type Wish = { amount: bigint; requestId: string }

export function createWallets(parameters: {
  project: Project
  reader: ReadClient
  cards: Cards | null
  /** Milliseconds since the epoch. */
  now: () => number
}) {
  const { project, reader, cards, now } = parameters
  const { supabaseUrl, supabaseKey } = project

  return (token: string) => {
    const client: Client = createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
    const answerOf = async (name: FunctionName, args = {}) =>
      (await client.call(name, args)) as Record<string, unknown> & object

    const onChain = async () => {
      const { chainId, settlementAddress } = await myBalance(client)
      if (chainId === null || settlementAddress === null) throw new NoSettlementInstanceError()
      return { chainId, settlementAddress: getAddress(settlementAddress) }
    }
    const address = async (): Promise<Address> => getAddress((await myCardMoney(client)).customer)

    return {
      /** Tokens, card money and play money stand apart: none becomes another. */
      async balance() {
        const [{ play, ...chain }, card, { receipts: _, ...earnings }] = await Promise.all([
          answerOf('my_balance'),
          answerOf('my_card_money'),
          answerOf('my_earnings'),
        ])
        return { wallet: String(card.customer), chain, card, sandbox: (play ?? null) as object | null, earnings }
      },
      statement: (args: Record<string, unknown>) => answerOf('my_statement', args),

      /** Play money is there at once. */
      async changePlayMoney({ amount, requestId }: Wish) {
        return changePlayMoney(client, { amount, requestId })
      },
      /** The page on which the card is paid with; the money is there once Stripe tells of it. */
      async payByCard({ amount, requestId }: Wish, returnTo: string) {
        if (cards === null) throw new CardsUnavailableError()
        return cards.checkout({ token, cents: centsOf(amount), requestId, returnTo })
      },
      async refundCard({ amount, requestId }: Wish) {
        return requestCardRefund(client, { amount, requestId })
      },
      async depositOnChain(amount: bigint, permit: SignedPermit | null) {
        const [at, customer] = await Promise.all([onChain(), address()])
        const nowSeconds = Math.floor(now() / 1000)
        const steps = { settlement: at.settlementAddress, customer, amount, permit, nowSeconds }
        return { ...at, from: customer, ...(await chainDeposit(reader, steps)) }
      },
      async withdrawOnChain(amount: bigint | null) {
        const [at, customer] = await Promise.all([onChain(), address()])
        const steps = await chainWithdrawal(reader, { settlement: at.settlementAddress, customer, amount })
        return { ...at, from: customer, ...steps }
      },
      /** Has the operator's next batch pay all that was earned; asked twice it is one order. */
      orderPayout: () => answerOf('request_payout'),
      /** The voucher spelled out for whoever sends it by itself; null where there is nothing to claim yet. */
      async claimOnChain() {
        const [at, voucher] = await Promise.all([onChain(), myVoucher(client)])
        if (voucher === null || voucher.claimable === 0n) return { ...at, claimable: 0n, transactions: [] }
        const { provider, cumulative, claimable, signature } = voucher
        const args = [getAddress(provider), cumulative, signature as Hex] as const
        return { ...at, claimable, transactions: [stepOf(at.settlementAddress, 'claim', args)] }
      },
    }
  }
}

function centsOf(amount: bigint): number {
  if (amount % UNITS_PER_CENT === 0n) return Number(amount / UNITS_PER_CENT)
  throw new InvalidInputError({
    message: 'A card knows no parts of a cent.',
    hint: 'Say a multiple of 10,000.',
    values: { field: 'amount', reason: 'range' },
  })
}
