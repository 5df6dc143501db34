import { CANCEL_FACTOR, type Fees, type RelayRules, type RelayTry } from './RelayTransaction.ts'

/** `resend`: give the node the last bytes again, in case it has lost them. `replace`: sign anew under the same nonce. */
export type RelayStep = { kind: 'resend' } | { kind: 'replace'; cancels: boolean; fees: Fees }

/**
 * What to do with a nonce that is in no block.
 *
 * The batch is offered for more and more, up to the ceiling and a bounded number of times; beyond that, or where the
 * contract would refuse it by now, the nonce is freed by a transaction that moves nothing. What the batch was for comes
 * back by itself: what is due is read from ledger and contract each time.
 *
 * @param parameters.market what the chain asks for now
 * @param parameters.works whether the contract would still take the batch
 */
export function decideRelay(parameters: {
  tries: readonly RelayTry[]
  market: Fees
  works: boolean
  nowMs: number
  rules: RelayRules
}): RelayStep {
  const { tries, market, works, nowMs, rules } = parameters
  const last = tries.at(-1)
  if (last === undefined || nowMs - last.sentAtMs < rules.replaceAfterMs) return { kind: 'resend' }
  const batches = tries.filter(({ cancels }) => !cancels).length
  if (!last.cancels && works && batches < rules.mostTries) {
    const fees = raised(last, market, rules.maxFeePerGas)
    if (fees !== null) return { kind: 'replace', cancels: false, fees }
  }
  if (tries.length - batches < rules.mostTries) {
    const fees = raised(last, market, rules.maxFeePerGas * CANCEL_FACTOR)
    if (fees !== null) return { kind: 'replace', cancels: true, fees }
  }
  return { kind: 'resend' }
}

/** Nodes take a replacement that pays at least a tenth more in both figures; an eighth is more than their rounding. */
const replacing = (fee: bigint): bigint => fee + fee / 8n + 1n

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right)
const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right)

/** What replaces a try: enough for the chain and for the node, at most the ceiling; null where that is not enough. */
function raised(last: Fees, market: Fees, ceiling: bigint): Fees | null {
  const least = replacing(last.maxFeePerGas)
  if (least > ceiling) return null
  const maxFeePerGas = smaller(larger(least, market.maxFeePerGas), ceiling)
  const leastPriority = replacing(last.maxPriorityFeePerGas)
  if (leastPriority > maxFeePerGas) return null
  return {
    maxFeePerGas,
    maxPriorityFeePerGas: smaller(larger(leastPriority, market.maxPriorityFeePerGas), maxFeePerGas),
  }
}
