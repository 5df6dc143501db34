export { charge } from './actions/charge.ts'
export { claim } from './actions/claim.ts'
export { claimBatch } from './actions/claimBatch.ts'
export { deposit } from './actions/deposit.ts'
export { depositWithPermit } from './actions/depositWithPermit.ts'
export { getSettlementEvents, type LogPosition, type SettlementEvent } from './actions/getSettlementEvents.ts'
export { mintTestUsdc } from './actions/mintTestUsdc.ts'
export { readCounters, type SettlementCounters } from './actions/readCounters.ts'
export { type CustomerOnChain, readCustomer } from './actions/readCustomer.ts'
export { readEscrow } from './actions/readEscrow.ts'
export { readProviderSettled } from './actions/readProviderSettled.ts'
export { readTokenBalance } from './actions/readTokenBalance.ts'
export { settleBatch } from './actions/settleBatch.ts'
export {
  assertDeploymentAllowed,
  assertPrivateAccounts,
  localChainId,
  polygonChainId,
} from './assertDeploymentAllowed.ts'
export { settlementCallAbi } from './callAbi.ts'
export { ChainRefusedError } from './chainRefusedError.ts'
export type { ReadClient, WriteClient } from './clients.ts'
export type { Deployment } from './deployContract.ts'
export { deploySettlement } from './deploySettlement.ts'
export { deployTestUsdc } from './deployTestUsdc.ts'
export { settlementAbi } from './generated/settlement.ts'
export { testUsdcAbi } from './generated/testUsdc.ts'
export { isPublishedAccount } from './isPublishedAccount.ts'
export { isDeclined, settlementErrorSentence } from './settlementErrorSentence.ts'
export {
  type Charge,
  chargesTypedData,
  type SettlementDomain,
  settlementTypedData,
  type Voucher,
  vouchersTypedData,
  voucherTypedData,
} from './typedData.ts'
