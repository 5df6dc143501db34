/** What a wallet takes away of its earnings: all that is needed to check them without any server of ours. */
export type EarningsExport = {
  format: 'oblivion-earnings'
  version: 1
  exportedAt: string
  chainId: number
  settlement: `0x${string}`
  provider: `0x${string}`
  /** The settler's word on everything that was earned and charged; null where none was signed yet. */
  voucher: { cumulative: string; signature: `0x${string}` } | null
  /** The statement of earnings, amounts in the token's smallest unit. */
  entries: readonly ExportedEntry[]
}

/** An accepted chunk, a payment on the chain (`claim`), or what came to this wallet otherwise. */
export type ExportedEntry = {
  kind: string
  at: string
  amount: string
  /** Of an accepted chunk: what it cost its customer, and the platform's share; exports of before have neither. */
  price?: string
  fee?: string
  taskId: string | null
  title: string | null
  chunkIndex: number | null
  jobId: string | null
  attempt: number | null
  resultHash: string | null
  txHash: string | null
  logIndex: number | null
}

const address = /^0x[0-9a-f]{40}$/i
const amount = /^-?\d{1,30}$/

/**
 * Reads what somebody pasted or dropped; says in words what is wrong with it.
 *
 * @throws Error with one sentence for the person
 */
export function readExport(text: string): EarningsExport {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('This is no JSON. Paste the whole file that “Export earnings” saved, or drop it here.')
  }
  const found = value as Partial<EarningsExport> | null
  if (found === null || typeof found !== 'object' || found.format !== 'oblivion-earnings')
    throw new Error('This is JSON, and not an export of earnings. It would say "format": "oblivion-earnings".')
  if (found.version !== 1) throw new Error(`This page reads version 1 of an export, and this is ${found.version}.`)
  const wrong = (field: string): never => {
    throw new Error(`The export is damaged: ${field} is not as it should be.`)
  }
  if (!Number.isSafeInteger(found.chainId)) wrong('chainId')
  if (!address.test(String(found.settlement))) wrong('settlement')
  if (!address.test(String(found.provider))) wrong('provider')
  if (!Array.isArray(found.entries)) wrong('entries')
  const { voucher } = found
  if (voucher !== null && voucher !== undefined) {
    if (!amount.test(String(voucher.cumulative)) || BigInt(voucher.cumulative) <= 0n) wrong('voucher.cumulative')
    if (!/^0x[0-9a-f]{130}$/i.test(String(voucher.signature))) wrong('voucher.signature')
  }
  for (const [index, entry] of (found.entries ?? []).entries()) {
    if (
      typeof entry !== 'object' ||
      entry === null ||
      !amount.test(String(entry.amount)) ||
      typeof entry.kind !== 'string'
    )
      wrong(`entry ${index + 1}`)
    if (entry.kind === 'accept' && !/^[0-9a-f]{64}$/.test(String(entry.resultHash)))
      wrong(`the hash of entry ${index + 1}`)
    for (const units of [entry.price, entry.fee])
      if (units !== undefined && !amount.test(String(units))) wrong(`the price or fee of entry ${index + 1}`)
  }
  return { ...(found as EarningsExport), voucher: voucher ?? null }
}
