export { cancelExit } from './actions/cancelExit.ts'
export { charge } from './actions/charge.ts'
export { claim } from './actions/claim.ts'
export { claimBatch } from './actions/claimBatch.ts'
export { claimTo } from './actions/claimTo.ts'
export { collectFees } from './actions/collectFees.ts'
export { deposit } from './actions/deposit.ts'
export { depositWithPermit } from './actions/depositWithPermit.ts'
export { type CustomerChange, getCustomerChanges } from './actions/getCustomerChanges.ts'
export { getSettlementEvents, type LogPosition, type SettlementEvent } from './actions/getSettlementEvents.ts'
export { mintTestUsdc } from './actions/mintTestUsdc.ts'
export { readCounters, type SettlementCounters } from './actions/readCounters.ts'
export { type CustomerOnChain, readCustomer } from './actions/readCustomer.ts'
export { readCustomers } from './actions/readCustomers.ts'
export { readEscrow } from './actions/readEscrow.ts'
export { readLimits, type SettlementLimits } from './actions/readLimits.ts'
export { readPermit } from './actions/readPermit.ts'
export { type ProviderOnChain, readProvider } from './actions/readProvider.ts'
export { readProviderSettled } from './actions/readProviderSettled.ts'
export { readTokenBalance } from './actions/readTokenBalance.ts'
export { requestExit } from './actions/requestExit.ts'
export { setDailyCap } from './actions/setDailyCap.ts'
export { setPayee } from './actions/setPayee.ts'
export { settleBatch } from './actions/settleBatch.ts'
export { topUp } from './actions/topUp.ts'
export { withdraw } from './actions/withdraw.ts'
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
export { deploySettlement, type SettlementRoles } from './deploySettlement.ts'
export { deployTestUsdc } from './deployTestUsdc.ts'
export { settlementAbi } from './generated/settlement.ts'
export { testUsdcAbi } from './generated/testUsdc.ts'
export { isPublishedAccount } from './isPublishedAccount.ts'
export { assertGenesis } from './knownGenesis.ts'
export { isDeclined, settlementErrorSentence } from './settlementErrorSentence.ts'
export { type SettlementTerms, settlementTerms } from './settlementTerms.ts'
export {
  type Charge,
  chargesTypedData,
  type SettlementDomain,
  settlementTypedData,
  type Voucher,
  vouchersTypedData,
  voucherTypedData,
} from './typedData.ts'
