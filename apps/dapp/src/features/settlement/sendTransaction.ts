import {
  cancelExit,
  claim,
  deposit,
  depositWithPermit,
  isDeclined,
  requestExit,
  setDailyCap,
  setPayee,
  settlementErrorSentence,
  type WriteClient,
  withdraw,
} from '@oblivion/contracts'
import { OblivionError, type Voucher } from '@oblivion/core'
import { getWalletClient } from 'wagmi/actions'
import type { Config } from '../shell/config.ts'
import { ensureChain } from '../wallet/ensureChain.ts'
import { isRejection } from '../wallet/isRejection.ts'
import { loadWallet } from '../wallet/loadWallet.ts'
import { chainClient } from './chainClient.ts'
import { followTransaction } from './followTransaction.ts'
import type { TransactionKind } from './transactionStep.ts'
import { addTransaction } from './transactionStore.ts'

/** Deposits test USDC into the wallet's own escrow: one signature for the permit, one for the transaction. */
export function sendDeposit(config: Config, amount: bigint, now: () => number = Date.now): Promise<boolean> {
  return run(config, 'deposit', amount, async (client) => {
    const parameters = { settlement: config.settlementAddress, amount }
    try {
      return await depositWithPermit(client, { ...parameters, deadline: BigInt(Math.floor(now() / 1000) + 3600) })
    } catch (error) {
      if (isRejection(error) || isDeclined(error) || !isUnsupported(error)) throw error
      // A wallet that cannot sign typed data still can approve.
      return deposit(client, parameters)
    }
  })
}

/** Redeems a voucher on the chain, simulated first: a voucher that would fail costs no fee. */
export function sendClaim(config: Config, voucher: Voucher): Promise<boolean> {
  return run(config, 'settle', voucher.claimable, (client) =>
    claim(client, {
      settlement: config.settlementAddress,
      provider: voucher.provider as `0x${string}`,
      cumulative: voucher.cumulative,
      signature: voucher.signature as `0x${string}`,
    }),
  )
}

/** Asks to take `amount` of the escrow back. */
export function sendExit(config: Config, amount: bigint): Promise<boolean> {
  return run(config, 'exit', amount, (client) => requestExit(client, { settlement: config.settlementAddress, amount }))
}

/** Takes the request back: the money stays in escrow. */
export function sendStay(config: Config): Promise<boolean> {
  return run(config, 'stay', null, (client) => cancelExit(client, { settlement: config.settlementAddress }))
}

/** Takes what was asked for, once it is ripe. `amount` is what it will be, for the list. */
export function sendWithdrawal(config: Config, amount: bigint): Promise<boolean> {
  return run(config, 'withdraw', amount, (client) => withdraw(client, { settlement: config.settlementAddress }))
}

/** Sets what charges may take in a day. */
export function sendDailyCap(config: Config, dailyCap: bigint): Promise<boolean> {
  return run(config, 'cap', dailyCap, (client) =>
    setDailyCap(client, { settlement: config.settlementAddress, dailyCap }),
  )
}

/** Sends earnings to another address from a day from now on. */
export function sendPayee(config: Config, payee: `0x${string}`): Promise<boolean> {
  return run(config, 'payee', null, (client) => setPayee(client, { settlement: config.settlementAddress, payee }))
}

/** @returns Whether the transaction became final; where not, its entry in the store says why. */
async function run(
  config: Config,
  kind: TransactionKind,
  amount: bigint | null,
  send: (client: WriteClient) => Promise<`0x${string}`>,
): Promise<boolean> {
  const change = addTransaction(kind, amount)
  try {
    const kernel = await loadWallet(config)
    await ensureChain(kernel)
    const client = (await getWalletClient(kernel.wagmi, { chainId: config.chainId })) as WriteClient
    await followTransaction(chainClient(config), { hash: await send(client), onChange: change })
    return true
  } catch (error) {
    change({ failure: sentenceOf(error) })
    return false
  }
}

function sentenceOf(error: unknown): string {
  if (isRejection(error)) return 'You rejected the signature. Nothing was sent.'
  return error instanceof OblivionError ? `${error.shortMessage} ${error.hint}`.trim() : settlementErrorSentence(error)
}

/** EIP-1193 4200 and JSON-RPC -32601: the wallet does not know the method. */
function isUnsupported(error: unknown): boolean {
  for (let current = error, depth = 0; current && depth < 8; depth++) {
    const { code, cause } = current as { code?: unknown; cause?: unknown }
    if (code === 4200 || code === -32601) return true
    current = cause
  }
  return false
}
