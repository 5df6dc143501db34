import { type ReadClient, readPermit, readTokenBalance, settlementCallAbi } from '@oblivion/contracts'
import { InsufficientBalanceError, InvalidInputError } from '@oblivion/core'
import { type Address, encodeFunctionData, erc20Abi, type Hex, parseSignature } from 'viem'
import { readContract } from 'viem/actions'
import { findOutage } from '../findOutage.ts'
import { type Step, stepOf } from './Step.ts'

/** For how long a permit may be used, in seconds. */
const PERMIT_SECONDS = 3_600

/** A permit that the customer has signed, as {@link chainDeposit} gave it out. */
export type SignedPermit = { deadline: bigint; signature: Hex }

/**
 * What a customer does on chain to put `amount` into its escrow: sends `transactions` one after the other; or signs
 * `permit`, where the token has permits, and asks again with it, for one transaction in place of two. Nothing is booked here:
 * the indexer sees the deposit once it is final.
 *
 * @throws InsufficientBalanceError `OB007` where the wallet holds less
 * @throws InvalidInputError `OB005` where the permit's signature is none
 */
export async function chainDeposit(
  client: ReadClient,
  parameters: {
    settlement: Address
    customer: Address
    amount: bigint
    permit: SignedPermit | null
    nowSeconds: number
  },
) {
  const { settlement, customer, amount, permit, nowSeconds } = parameters
  const token = await readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'token' })
  const balance = await readTokenBalance(client, { token, owner: customer })
  if (balance < amount) {
    throw new InsufficientBalanceError({
      message: 'Your wallet holds less of the token than this.',
      hint: 'Deposit less, or get more of the token first.',
      values: { needed: String(amount), free: String(balance) },
    })
  }
  if (permit !== null) {
    const { r, s, yParity } = readSignature(permit.signature)
    const args = [amount, permit.deadline, 27 + yParity, r, s] as const
    return { tokenAddress: token, transactions: [stepOf(settlement, 'depositWithPermit', args)], permit: null }
  }
  const allowance = await readContract(client, {
    ...{ address: token, abi: erc20Abi, functionName: 'allowance', args: [customer, settlement] },
  })
  const approve: Step = {
    ...{ call: 'approve', to: token, value: '0' },
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [settlement, amount] }),
  }
  return {
    tokenAddress: token,
    transactions: [...(allowance < amount ? [approve] : []), stepOf(settlement, 'deposit', [amount])],
    permit: await permitToSign(client, {
      ...{ settlement, owner: customer, amount },
      deadline: BigInt(nowSeconds + PERMIT_SECONDS),
    }),
  }
}

/** 65 bytes are no signature yet: r and s have ranges, and v is 0, 1, 27 or 28. */
function readSignature(signature: Hex) {
  try {
    return parseSignature(signature)
  } catch (cause) {
    throw new InvalidInputError({
      message: 'The signature of the permit is not one.',
      hint: 'Send the 65 bytes that eth_signTypedData_v4 answered.',
      values: { field: 'permit.signature', reason: 'shape' },
      cause,
    })
  }
}

/** As a wallet takes it (`eth_signTypedData_v4`); null where the token has no permits. */
async function permitToSign(client: ReadClient, parameters: Parameters<typeof readPermit>[1]) {
  const permit = await readPermit(client, parameters).catch((error: unknown) => {
    if (findOutage(error) !== null) throw error
    return null
  })
  if (permit === null) return null
  const { domain, types, primaryType, message } = permit
  const eip712 = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ]
  const numbers = { value: String(message.value), nonce: String(message.nonce), deadline: String(message.deadline) }
  return { domain, types: { EIP712Domain: eip712, ...types }, primaryType, message: { ...message, ...numbers } }
}
