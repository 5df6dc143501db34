import { settlementCallAbi } from '@oblivion/contracts'
import { type Address, type ContractFunctionArgs, encodeFunctionData, type Hex } from 'viem'

/** A transaction that the customer's own wallet signs and sends: nobody else can move what is its own. */
export type Step = { call: string; to: Address; data: Hex; value: '0' }

type Call = 'deposit' | 'depositWithPermit' | 'requestExit' | 'withdraw' | 'claim'

/** A call of the settlement contract, spelled out. */
export function stepOf<N extends Call>(
  settlement: Address,
  call: N,
  args: ContractFunctionArgs<typeof settlementCallAbi, 'nonpayable', N>,
): Step {
  const data = encodeFunctionData({ abi: settlementCallAbi, functionName: call as Call, args: args as never })
  return { call, to: settlement, data, value: '0' }
}
