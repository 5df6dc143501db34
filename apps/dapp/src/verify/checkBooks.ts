import { formatUsdc } from '@oblivion/core'
import type { EarningsExport } from './readExport.ts'

/** `proven`: by signature or chain. `consistent`: by this page's own arithmetic over the export. `open`: nobody proves it. */
export type Finding = { state: 'proven' | 'consistent' | 'open' | 'wrong'; title: string; text: string }

const usdc = (units: bigint): string => `${formatUsdc(units)} USDC`

/** What the entries come to, by the export alone. */
export function sumsOf({ entries }: EarningsExport): { earned: bigint; paid: bigint; receipts: number } {
  let [earned, paid, receipts] = [0n, 0n, 0]
  for (const { kind, amount } of entries) {
    if (kind === 'claim') paid -= BigInt(amount)
    else earned += BigInt(amount)
    if (kind === 'accept') receipts += 1
  }
  return { earned, paid, receipts }
}

/** What can be said of receipts and sums without any chain. */
export function checkBooks(found: EarningsExport): Finding[] {
  const { entries, voucher } = found
  const { earned, paid, receipts } = sumsOf(found)
  const jobs = entries.filter(({ kind }) => kind === 'accept').map(({ jobId }) => jobId)
  const twice = jobs.filter((job, index) => job === null || jobs.indexOf(job) !== index)
  const worthless = entries.filter(({ kind, amount }) => kind === 'accept' && BigInt(amount) <= 0n)
  const priced = entries.filter(({ price, fee }) => price !== undefined && fee !== undefined)
  const uneven = priced.filter(({ amount, price = '0', fee = '0' }) => BigInt(price) - BigInt(fee) !== BigInt(amount))
  const fees = priced.reduce((sum, { fee = '0' }) => sum + BigInt(fee), 0n)
  const findings: Finding[] = []
  if (twice.length > 0 || worthless.length > 0)
    findings.push({
      state: 'wrong',
      title: 'Receipts',
      text: `${twice.length} receipts name a job that another one names, and ${worthless.length} pay nothing. There is one receipt a job, and each pays.`,
    })
  else
    findings.push({
      state: 'consistent',
      title: 'Receipts',
      text: `${receipts} receipts, one a job, each with the hash of its result. With what came otherwise they sum to ${usdc(earned)}, of which ${usdc(paid)} stand as paid out.`,
    })
  if (uneven.length > 0)
    findings.push({
      state: 'wrong',
      title: 'Fees',
      text: `${uneven.length} receipts do not come to their price less the platform’s fee.`,
    })
  else if (priced.length > 0)
    findings.push({
      state: 'consistent',
      title: 'Fees',
      text: `Each of ${priced.length} receipts is its price less the platform’s fee. The fees sum to ${usdc(fees)}.`,
    })
  if (voucher !== null) {
    const signed = BigInt(voucher.cumulative)
    if (signed > earned)
      findings.push({
        state: 'wrong',
        title: 'Voucher and receipts',
        text: `The voucher says ${usdc(signed)}, and the entries sum to ${usdc(earned)} only: entries are missing or were changed.`,
      })
    else
      findings.push({
        state: 'consistent',
        title: 'Voucher and receipts',
        text:
          signed === earned
            ? `The voucher says ${usdc(signed)}: exactly the sum of all entries.`
            : `The voucher covers ${usdc(signed)} of ${usdc(earned)}. The other ${usdc(earned - signed)} are earned and not signed for yet.`,
      })
  }
  return findings
}
