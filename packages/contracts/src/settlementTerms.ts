import { parseUnits } from 'viem'
import { localChainId, polygonChainId } from './assertDeploymentAllowed.ts'

/**
 * The limits that a settlement contract is deployed with. Times in seconds, amounts in the token's smallest unit.
 *
 * The contract refuses terms that contradict each other, above all an exit that ripens before what was spent could be
 * charged: `exitDelay > maxPause + 2 * cadence`.
 */
export type SettlementTerms = {
  exitDelay: bigint
  exitWindow: bigint
  maxPause: bigint
  cadence: bigint
  chargeCap: bigint
  claimCap: bigint
  defaultDailyCap: bigint
  maxFeeBps: bigint
}

const usdc = (amount: string): bigint => parseUnits(amount, 6)
const day = 86_400n

/** A developer sees an exit ripen, and is not stopped by a cap. */
const local: SettlementTerms = {
  exitDelay: 120n,
  exitWindow: 7n * day,
  maxPause: 60n,
  cadence: 10n,
  chargeCap: usdc('1000000'),
  claimCap: usdc('1000000'),
  defaultDailyCap: usdc('1000'),
  maxFeeBps: 2_000n,
}

/** A guardian may pause for a week; a customer is out after nine days; a stolen settler costs a day's cap at first. */
const remote: SettlementTerms = {
  exitDelay: 9n * day,
  exitWindow: 7n * day,
  maxPause: 7n * day,
  cadence: 21_600n,
  chargeCap: usdc('10000'),
  claimCap: usdc('10000'),
  defaultDailyCap: usdc('50'),
  maxFeeBps: 2_000n,
}

/** The terms of a chain; Polygon begins with smaller caps, which the admin can raise after the delay. */
export function settlementTerms(chainId: number): SettlementTerms {
  if (chainId === localChainId) return local
  if (chainId === polygonChainId) return { ...remote, chargeCap: usdc('2000'), claimCap: usdc('2000') }
  return remote
}
