import { formatUsdc } from '@oblivion/core'
import {
  BaseError,
  ContractFunctionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  UserRejectedRequestError,
  WaitForTransactionReceiptTimeoutError,
} from 'viem'

type Sentence = (args: readonly unknown[]) => string

/** A moment that stands on the chain as seconds since the epoch, in words that mean the same everywhere. */
const moment = (seconds: unknown): string =>
  `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const usdc = (amount: unknown): string => `${formatUsdc(amount as bigint)} USDC`

/**
 * One sentence for each custom error that a call of the settlement contract can end with; a test holds this table
 * against the ABIs, so that no new error goes without words.
 */
export const settlementErrorSentences: Readonly<Record<string, Sentence>> = {
  OblivionSettlement_InvalidAddress: ([given]) => `The settlement contract cannot work with the address ${given}.`,
  OblivionSettlement_NothingToDeposit: () => 'A deposit of nothing was asked for. Enter an amount above zero.',
  OblivionSettlement_WrongSigner: () =>
    'This was not signed for this contract on this chain, or its signer was revoked since. Reload the page to fetch a fresh voucher.',
  OblivionSettlement_NothingToClaim: ([, , settled]) =>
    `This voucher was paid already: ${usdc(settled)} have gone to you in all. New earnings bring a new voucher.`,
  OblivionSettlement_PoolEmpty: ([needed]) =>
    `The contract's pool is empty, and ${usdc(needed)} are needed. Your earnings stay yours; try again later.`,
  OblivionSettlement_ClaimCapReached: ([claimCap]) =>
    `The contract pays at most ${usdc(claimCap)} a day, and that is used up for now. It refills all the time; try again in a while.`,
  OblivionSettlement_NothingToTopUp: () => 'A top-up of nothing was asked for. Enter an amount above zero.',
  OblivionSettlement_NothingToExit: () => 'There is nothing in your escrow that could be withdrawn.',
  OblivionSettlement_NoExit: () =>
    'No withdrawal waits: none was asked for, or a deposit has ended it. Ask for one first.',
  OblivionSettlement_ExitNotRipe: ([ripeAt]) => `This can be withdrawn from ${moment(ripeAt)} on.`,
  OblivionSettlement_ExitLapsed: ([lapsedAt]) =>
    `This could be withdrawn until ${moment(lapsedAt)}. Ask for a new withdrawal.`,
  OblivionSettlement_CapTooLarge: ([, largest]) => `A daily cap is at most ${usdc(largest)}.`,
  OblivionSettlement_InvalidTerms: ([given, bound]) =>
    `The contract's terms contradict each other: ${given} does not fit ${bound}.`,
  OblivionSettlement_InvalidValue: ([, value]) => `The contract cannot take the value ${value} there.`,
  OblivionSettlement_NotAllowed: ([, expected]) => `Only ${expected} may do this.`,
  OblivionSettlement_Paused: ([until]) =>
    `Payments and deposits stand still until ${moment(until)}. Withdrawals go on.`,
  OblivionSettlement_NotPaused: () => 'Nothing is paused.',
  OblivionSettlement_PauseTooLong: ([, left]) => `The guardian may pause for ${left} seconds more.`,
  OblivionSettlement_NoChange: () => 'No such change was announced.',
  OblivionSettlement_ChangeTooEarly: ([executableAt]) => `This change can be made from ${moment(executableAt)} on.`,
  OblivionSettlement_ChangeLapsed: ([lapsedAt]) =>
    `This change could be made until ${moment(lapsedAt)}. Announce it anew.`,
  SafeCastOverflowedUintDowncast: () => 'The amount is larger than the contract can count.',
  OblivionSettlement_PayeeRefused: ([payee]) =>
    `Money sent to ${payee} would be lost, so the contract refuses to pay it.`,
  ReentrancyGuardReentrantCall: () => 'The settlement contract was called from within its own payment, and refused.',
  SafeERC20FailedOperation: () => 'The token refused the transfer.',
  ERC20InsufficientBalance: ([, balance, needed]) =>
    `Your wallet holds ${usdc(balance)}, and ${usdc(needed)} are needed.`,
  ERC20InsufficientAllowance: ([, allowance, needed]) =>
    `The contract may take ${usdc(allowance)} from your wallet, and ${usdc(needed)} are needed. Approve the amount again.`,
  ERC20InvalidApprover: () => 'The token refused the approval: its owner is no valid account.',
  ERC20InvalidReceiver: () => 'The token refused the transfer: its receiver is no valid account.',
  ERC20InvalidSender: () => 'The token refused the transfer: its sender is no valid account.',
  ERC20InvalidSpender: () => 'The token refused the approval: its spender is no valid account.',
  InvalidAccountNonce: () => 'The permit was used already or is out of order. Sign a new one.',
  InvalidShortString: () => 'The contract could not be set up: a name in it is too short or too long.',
  StringTooLong: () => 'The contract could not be set up: a name in it is too long.',
  TestUsdc_Blacklisted: ([account]) => `The token's issuer has blocked ${account}; it can neither send nor receive.`,
  TestUsdc_NotMinter: ([, minter]) => `Only ${minter} may make test money.`,
  TestUsdc_Paused: () => 'The token’s issuer has paused all transfers. Nothing is lost; try again later.',
  TestUsdc_PermitExpired: () => 'The permit has expired. Sign a new one.',
  TestUsdc_PermitWrongSigner: () => 'The permit was signed by another account than the one that deposits.',
  TestUsdc_RealMoneyChain: () => 'The test token refuses to exist on Polygon, where it could be taken for real money.',
}

/** True where the person declined in the wallet: a choice, not an error, and nothing was sent. */
export function isDeclined(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof UserRejectedRequestError) !== null
}

/**
 * Says in one sentence why a call of the settlement contract did not happen, whatever threw it: the contract, the
 * token, the wallet or the connection.
 *
 * @example
 * try { await claim(client, voucher) } catch (error) { toast(settlementErrorSentence(error)) }
 */
export function settlementErrorSentence(error: unknown): string {
  if (!(error instanceof BaseError)) return 'The transaction was not sent, for a reason that nobody named.'
  if (isDeclined(error)) return 'You declined in your wallet. Nothing was sent.'

  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError) {
    const sentence = reverted.data && settlementErrorSentences[reverted.data.errorName]
    if (sentence) return sentence(reverted.data?.args ?? [])
    // Native USDC gives its reasons as text.
    return reverted.reason ? `The contract refused: ${reverted.reason}.` : 'The contract refused, and gave no reason.'
  }
  if (error.walk((cause) => cause instanceof InsufficientFundsError)) {
    return "Your wallet cannot pay the network's fee. Put a little POL into it and try again."
  }
  if (error.walk((cause) => cause instanceof WaitForTransactionReceiptTimeoutError)) {
    return 'The transaction was sent but is not in a block yet. It may still go through: look at it in the explorer.'
  }
  if (error.walk((cause) => cause instanceof HttpRequestError)) {
    return 'The chain could not be reached. Nothing was sent; try again in a moment.'
  }
  return `The transaction was not sent: ${error.shortMessage}`
}
