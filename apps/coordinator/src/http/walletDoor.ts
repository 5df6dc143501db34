import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Hex } from 'viem'
import type { Logger } from '../log/createLogger.ts'
import type { Wallets } from '../wallet/createWallets.ts'
import { answers, json, openDoor } from './openDoor.ts'
import { bearerOf, refusal } from './refusals.ts'

/** What the door of wallets needs; `returnTo` is where whoever pays by card from no page is sent back to. */
export type WalletAccess = { readonly wallets: Wallets; readonly returnTo: string | undefined; readonly log: Logger }

const amount = z
  .string()
  .regex(/^[1-9]\d{0,17}$/)
  .openapi({ description: 'The smallest unit (USDC has 6 decimals), as a decimal string.', example: '2500000' })
const requestId = z
  .string()
  .regex(/^[\w-]{8,64}$/)
  .openapi({ description: 'A name of your own for this wish: sent twice it happens once.', example: 'order-2026-0001' })

const step = z
  .object({ call: z.string(), to: z.string(), data: z.string(), value: z.literal('0') })
  .openapi('Transaction', { description: 'Your own wallet signs and sends it; nothing has moved before that.' })
const onChain = { chainId: z.number(), settlementAddress: z.string(), transactions: z.array(step) }
const money = z.record(z.string(), z.unknown())

const balance = z
  .object({ wallet: z.string(), chain: money, card: money, sandbox: money.nullable(), earnings: money })
  .openapi('Balance', {
    description:
      'Money of three kinds, none of which becomes another: tokens in the contract (chain), dollars by card (card), play money (sandbox, null where there is none). Earnings are in tokens.',
  })

const depositOrder = z
  .discriminatedUnion('asset', [
    z.object({ asset: z.literal('test'), amount, requestId }),
    z.object({ asset: z.literal('card'), amount, requestId }),
    z.object({
      asset: z.literal('chain'),
      amount,
      permit: z
        .object({
          deadline: z.string().regex(/^\d{1,12}$/),
          signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/),
        })
        .optional()
        .openapi({ description: 'The signed permit of the answer before: one transaction in place of two.' }),
    }),
  ])
  .openapi('DepositOrder')
const depositAnswer = z
  .discriminatedUnion('asset', [
    z.object({ asset: z.literal('test'), status: z.literal('completed'), free: z.string() }),
    z.object({ asset: z.literal('card'), status: z.literal('pending'), checkoutUrl: z.string() }),
    z.object({
      ...{ asset: z.literal('chain'), status: z.literal('to_sign'), ...onChain },
      ...{ from: z.string(), tokenAddress: z.string() },
      permit: money
        .nullable()
        .openapi({ description: 'For eth_signTypedData_v4; null where the token has no permits.' }),
    }),
  ])
  .openapi('Deposit')

const withdrawalOrder = z
  .discriminatedUnion('asset', [
    z.object({ asset: z.literal('test'), amount, requestId }),
    z.object({ asset: z.literal('card'), amount, requestId }),
    z.object({ asset: z.literal('chain'), amount: amount.optional() }),
    z.object({ asset: z.literal('earnings'), by: z.enum(['payout', 'claim']).default('payout') }),
  ])
  .openapi('WithdrawalOrder', {
    description:
      'Free tokens leave in two steps of yours, with a delay between them; what a provider has earned is sent by the operator (payout, at no cost) or claimed by yourself.',
  })
const withdrawalAnswer = z
  .discriminatedUnion('asset', [
    z.object({ asset: z.literal('test'), status: z.literal('completed'), free: z.string() }),
    z.object({ asset: z.literal('card'), status: z.literal('pending'), free: z.string() }),
    z.object({
      ...{ asset: z.literal('chain'), status: z.enum(['to_sign', 'waiting']), ...onChain },
      ...{ from: z.string(), exiting: z.string(), delaySeconds: z.string() },
      ...{ ripeAt: z.string().nullable(), lapsesAt: z.string().nullable() },
    }),
    z.object({ asset: z.literal('earnings'), status: z.literal('pending'), payout: money }),
    z.object({ asset: z.literal('earnings'), status: z.literal('to_sign'), claimable: z.string(), ...onChain }),
  ])
  .openapi('Withdrawal')

const security = [{ session: [] }]
const routes = {
  balance: createRoute({
    ...{
      method: 'get',
      path: '/balance',
      security,
      tags: ['wallet'],
      summary: 'What the wallet has, by kind of money',
    },
    responses: answers(balance, 'All of it now.'),
  }),
  transactions: createRoute({
    ...{ method: 'get', path: '/transactions', security, tags: ['wallet'] },
    summary: 'Entries of one account, the newest first, each with its chunk or its transaction',
    request: {
      query: z.object({
        account: z.enum(['free', 'earned', 'task']).default('free'),
        asset: z.enum(['chain', 'card', 'test']).default('chain'),
        taskId: z.uuid().optional().openapi({ description: 'Whose hold, for the account task.' }),
        after: z.string().max(60).optional().openapi({ description: 'The `next` of the page before.' }),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    },
    responses: answers(money, 'All amounts of all pages sum to the balance; `next` is null at the end.'),
  }),
  deposit: createRoute({
    ...{ method: 'post', path: '/deposit', security, tags: ['wallet'], summary: 'Put money in' },
    request: { body: { ...json(depositOrder), required: true } },
    responses: answers(depositAnswer, 'Done (completed), on its way (pending), or yours to send (to_sign).'),
  }),
  withdraw: createRoute({
    ...{ method: 'post', path: '/withdraw', security, tags: ['wallet'], summary: 'Take money out' },
    request: { body: { ...json(withdrawalOrder), required: true } },
    responses: answers(withdrawalAnswer, 'As for a deposit; waiting is an exit that is not ripe yet.'),
  }),
}

/**
 * `/api/wallet`: what the wallet of the caller's session has and did, and the ways in and out. Every door calls the database
 * as its caller; what only the wallet itself may do is answered as transactions for it to sign.
 */
export function walletDoor(access: WalletAccess): OpenAPIHono {
  const { wallets, returnTo, log } = access
  const door = openDoor({ log, failure: 'a call about a wallet failed', maxBodyBytes: 4_096 })
  const walletOf = (context: { req: { header(name: string): string | undefined } }) =>
    wallets(bearerOf(context.req.header('authorization')) ?? '')
  door.use(async (context, next) => {
    if (bearerOf(context.req.header('authorization')) !== null) return next()
    const hint = 'Send a session’s token as `authorization: Bearer ...`.'
    return context.json(refusal('OB001', 'This call needs a signed-in wallet.', { hint }), 401)
  })

  door.openapi(routes.balance, async (context) => context.json(balance.parse(await walletOf(context).balance()), 200))

  door.openapi(routes.transactions, async (context) => {
    const { account, asset, taskId, after, limit } = context.req.valid('query')
    const args = { p_account: account, p_asset: asset, p_limit: limit }
    const more = { ...(taskId && { p_task_id: taskId }), ...(after && { p_after: after }) }
    return context.json(await walletOf(context).statement({ ...args, ...more }), 200)
  })

  door.openapi(routes.deposit, async (context) => {
    const wallet = walletOf(context)
    const order = context.req.valid('json')
    const amount = BigInt(order.amount)
    switch (order.asset) {
      case 'test': {
        const { free } = await wallet.changePlayMoney({ amount, requestId: order.requestId })
        return context.json({ asset: order.asset, status: 'completed' as const, free: String(free) }, 200)
      }
      case 'card': {
        const origin = context.req.header('origin') ?? returnTo
        if (origin === undefined) return context.json(refusal('OB091', 'No page is configured to come back to.'), 404)
        const checkoutUrl = await wallet.payByCard({ amount, requestId: order.requestId }, `${origin}/wallet`)
        return context.json({ asset: order.asset, status: 'pending' as const, checkoutUrl }, 200)
      }
      case 'chain': {
        const permit = order.permit && {
          ...{ deadline: BigInt(order.permit.deadline), signature: order.permit.signature as Hex },
        }
        const steps = await wallet.depositOnChain(amount, permit ?? null)
        return context.json({ asset: order.asset, status: 'to_sign' as const, ...steps }, 200)
      }
    }
  })

  door.openapi(routes.withdraw, async (context) => {
    const wallet = walletOf(context)
    const order = context.req.valid('json')
    switch (order.asset) {
      case 'test': {
        const { free } = await wallet.changePlayMoney({ amount: -BigInt(order.amount), requestId: order.requestId })
        return context.json({ asset: order.asset, status: 'completed' as const, free: String(free) }, 200)
      }
      case 'card': {
        const { free } = await wallet.refundCard({ amount: BigInt(order.amount), requestId: order.requestId })
        return context.json({ asset: order.asset, status: 'pending' as const, free: String(free) }, 200)
      }
      case 'chain': {
        const steps = await wallet.withdrawOnChain(order.amount === undefined ? null : BigInt(order.amount))
        const { exiting, delaySeconds, ripeAt, lapsesAt, ...more } = steps
        const figures = { exiting: String(exiting), delaySeconds: String(delaySeconds) }
        const times = { ripeAt: ripeAt && String(ripeAt), lapsesAt: lapsesAt && String(lapsesAt) }
        return context.json({ asset: order.asset, ...more, ...figures, ...times }, 200)
      }
      case 'earnings': {
        if (order.by === 'payout')
          return context.json(
            { asset: order.asset, status: 'pending' as const, payout: await wallet.orderPayout() },
            200,
          )
        const { claimable, ...more } = await wallet.claimOnChain()
        return context.json(
          { asset: order.asset, status: 'to_sign' as const, claimable: String(claimable), ...more },
          200,
        )
      }
    }
  })
  return door
}
