import {
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  UserRejectedRequestError,
} from 'viem'
import { expect, test } from 'vitest'
import { isDeclined, settlementCallAbi, settlementErrorSentence } from '../src/index.ts'
import { settlementErrorSentences } from '../src/settlementErrorSentence.ts'

const errors = settlementCallAbi.filter((entry) => entry.type === 'error')

/** The error as viem throws it out of a simulated call. */
function thrown(name: string, inputs: readonly { type: string }[]): BaseError {
  const args = inputs.map(({ type }) =>
    type === 'address'
      ? '0x00000000000000000000000000000000000000aa'
      : type === 'string'
        ? 'text'
        : type === 'uint8'
          ? 1
          : 1_500_000n,
  )
  const data = encodeErrorResult({ abi: settlementCallAbi, errorName: name, args } as Parameters<
    typeof encodeErrorResult
  >[0])
  const cause = new ContractFunctionRevertedError({ abi: [...settlementCallAbi], data, functionName: 'claim' })
  // The execution error prints the call, so it is given one without arguments.
  return new ContractFunctionExecutionError(cause, { abi: [...settlementCallAbi], functionName: 'pool' })
}

test('every custom error of the ABIs has one sentence, and no sentence is left over', () => {
  expect(Object.keys(settlementErrorSentences).sort()).toEqual([...new Set(errors.map(({ name }) => name))].sort())
  for (const { name, inputs } of errors) {
    const sentence = settlementErrorSentence(thrown(name, inputs))
    expect(sentence, name).toMatch(/^[A-Z].*\.$/)
    expect(sentence, name).not.toContain('undefined')
    expect(sentence, name).toBe(settlementErrorSentences[name]?.(decodedArgs(inputs)))
  }
})

const decodedArgs = (inputs: readonly { type: string }[]) =>
  inputs.map(({ type }) =>
    type === 'address'
      ? '0x00000000000000000000000000000000000000AA'
      : type === 'string'
        ? 'text'
        : type === 'uint8'
          ? 1
          : 1_500_000n,
  )

test('amounts are said in USDC', () => {
  const error = errors.find(({ name }) => name === 'OblivionSettlement_PoolEmpty')
  expect(settlementErrorSentence(thrown('OblivionSettlement_PoolEmpty', error?.inputs ?? []))).toContain('1.5 USDC')
})

test('a text reason, as native USDC gives, is passed on', () => {
  const data = encodeErrorResult({
    abi: [{ type: 'error', name: 'Error', inputs: [{ name: 'reason', type: 'string' }] }],
    args: ['ERC20: transfer amount exceeds balance'],
  })
  const cause = new ContractFunctionRevertedError({ abi: [...settlementCallAbi], data, functionName: 'deposit' })
  expect(settlementErrorSentence(cause)).toBe('The contract refused: ERC20: transfer amount exceeds balance.')
})

test('a declined signature is a choice, not an error', () => {
  const declined = new BaseError('wallet', { cause: new UserRejectedRequestError(new Error('no')) })
  expect(isDeclined(declined)).toBe(true)
  expect(settlementErrorSentence(declined)).toBe('You declined in your wallet. Nothing was sent.')
  expect(isDeclined(new Error('something else'))).toBe(false)
})
