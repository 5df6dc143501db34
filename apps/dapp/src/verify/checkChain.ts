import {
  readCounters,
  readProvider,
  settlementAbi,
  settlementErrorSentence,
  voucherTypedData,
} from '@oblivion/contracts'
import { formatUsdc } from '@oblivion/core'
import {
  type Address,
  BaseError,
  createPublicClient,
  getAddress,
  type Hash,
  HttpRequestError,
  hashTypedData,
  http,
  isAddressEqual,
  isHash,
  parseEventLogs,
  recoverTypedDataAddress,
  TimeoutError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import { type Finding, sumsOf } from './checkBooks.ts'
import type { EarningsExport } from './readExport.ts'

const usdc = (units: bigint): string => `${formatUsdc(units)} USDC`
/** More payments than this are not looked up one by one. */
const mostPayments = 200

/** Nothing that a node does not answer is a fault of the export. */
const isSilent = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError) !== null

/** Recomputes the digest and says who signed it; no chain is asked. */
async function recoverSigner(found: EarningsExport): Promise<{ digest: Hash; signer: Address } | null> {
  if (found.voucher === null) return null
  const typed = voucherTypedData({
    ...{ chainId: found.chainId, settlement: getAddress(found.settlement) },
    ...{ provider: getAddress(found.provider), cumulative: BigInt(found.voucher.cumulative) },
  })
  const digest = hashTypedData(typed)
  const signer = await recoverTypedDataAddress({ ...typed, signature: found.voucher.signature }).catch(() => null)
  return signer === null ? null : { digest, signer }
}

/** What the chain says of an export: each finding is a read of the contract, or of one transaction. */
export async function checkChain(found: EarningsExport, rpcUrl: string): Promise<Finding[]> {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 1, timeout: 15_000 }) })
  const [settlement, provider] = [getAddress(found.settlement), getAddress(found.provider)]
  const chainId = await client.getChainId()
  if (chainId !== found.chainId)
    return [
      {
        state: 'wrong',
        title: 'Chain',
        text: `The export is of chain ${found.chainId}, and this node answers for chain ${chainId}. Enter an RPC URL of that chain.`,
      },
    ]
  const settler = await client
    .readContract({ address: settlement, abi: settlementAbi, functionName: 'settler' })
    .catch((error: unknown) => {
      if (isSilent(error)) throw error
      return null
    })
  if (settler === null)
    return [
      {
        state: 'wrong',
        title: 'Contract',
        text: `There is no settlement contract at ${settlement} on chain ${chainId}. This export is of another contract, or of a chain that was wiped.`,
      },
    ]
  const { settled, payee } = await readProvider(client, { settlement, provider })
  const { pool } = await readCounters(client, { settlement })
  const findings: Finding[] = []
  if (found.voucher === null)
    findings.push({ state: 'open', title: 'Voucher', text: 'There is none in this export: nothing is signed for yet.' })
  else findings.push(...(await checkVoucher(settler)))
  findings.push(await checkPayments())
  return findings

  async function checkVoucher(trusted: Address): Promise<Finding[]> {
    const signed = await recoverSigner(found)
    const cumulative = BigInt(found.voucher?.cumulative ?? 0)
    if (signed === null || !isAddressEqual(signed.signer, trusted))
      return [
        {
          state: 'wrong',
          title: 'Signature',
          text:
            signed === null
              ? 'The signature is no signature at all.'
              : `This voucher was not signed by the settler of this contract. The contract takes ${trusted}; the signature gives ${signed.signer}. It was changed, it is of another contract, or the settler was replaced since.`,
        },
      ]
    const open = cumulative - settled
    const proven: Finding = {
      state: 'proven',
      title: 'Signature',
      text: `The settler ${trusted}, whom the contract ${settlement} on chain ${chainId} trusts, has signed that ${provider} earned ${usdc(cumulative)} in all. Digest ${signed.digest}.`,
    }
    if (open <= 0n)
      return [
        proven,
        {
          state: 'proven',
          title: 'Payment',
          text: `The contract has paid ${usdc(settled)} in all: this voucher is paid.`,
        },
      ]
    const refusal = await client
      .simulateContract({
        ...{ address: settlement, abi: settlementAbi, functionName: 'claim', account: provider },
        args: [provider, cumulative, found.voucher?.signature ?? '0x'],
      })
      .then(() => null, settlementErrorSentence)
    const where = isAddressEqual(payee, provider) ? 'the provider' : `the provider’s payee ${payee}`
    return [
      proven,
      refusal === null
        ? {
            state: 'proven',
            title: 'Payment',
            text: `The contract has paid ${usdc(settled)} and would pay the other ${usdc(open)} to ${where} now, whoever sends the voucher: it was asked, at its newest block. Its pool holds ${usdc(pool)}.`,
          }
        : {
            state: 'open',
            title: 'Payment',
            text: `The contract has paid ${usdc(settled)} and owes ${usdc(open)} by this voucher, and does not pay it at this moment: ${refusal}`,
          },
    ]
  }

  async function receiptOf(hash: Hash | null): Promise<TransactionReceipt | null> {
    if (hash === null || !isHash(hash)) return null
    try {
      return await client.getTransactionReceipt({ hash })
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return null
      throw error
    }
  }

  /** Each payment that the export names, found in its transaction; and their sum beside the contract's own counter. */
  async function checkPayments(): Promise<Finding> {
    const payments = found.entries.filter(({ kind }) => kind === 'claim')
    const { paid } = sumsOf(found)
    let missing = 0
    for (const { txHash, logIndex, amount } of payments.slice(0, mostPayments)) {
      const receipt = await receiptOf(txHash as Hash | null)
      const events = parseEventLogs({
        ...{ abi: settlementAbi, eventName: 'Claimed', args: { provider } },
        logs: (receipt?.logs ?? []).filter(({ address }) => isAddressEqual(address, settlement)),
      })
      if (!events.some((event) => event.logIndex === logIndex && event.args.amount === -BigInt(amount))) missing += 1
    }
    if (missing > 0)
      return {
        state: 'wrong',
        title: 'Payments on the chain',
        text: `${missing} of ${payments.length} payments in the export are not on the chain as it says.`,
      }
    if (paid > settled)
      return {
        state: 'wrong',
        title: 'Payments on the chain',
        text: `The export says that ${usdc(paid)} were paid, and the contract has paid ${usdc(settled)}.`,
      }
    const looked = payments.length > mostPayments ? `the newest ${mostPayments} of ` : ''
    return {
      state: 'proven',
      title: 'Payments on the chain',
      text:
        payments.length === 0
          ? `The export names none, and the contract has paid ${usdc(settled)}.`
          : `Found ${looked}${payments.length}, each in its transaction. The contract has paid ${usdc(settled)} in all${settled > paid ? `, ${usdc(settled - paid)} of it since the export or to come in it` : ''}.`,
    }
  }
}
