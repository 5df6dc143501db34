import { Empty } from '../elements/Empty.tsx'
import { formatAddress } from '../format/formatAddress.ts'

/** What anybody else sees of operators' pages who is signed in. */
export function NotOperator({ address }: { address: `0x${string}` }) {
  return (
    <Empty title="Your wallet is not an operator’s.">
      <span className="figure whitespace-nowrap">{formatAddress(address)}</span> may not look in here. Operators are the
      wallets that the coordinator was started with, in <code className="figure">OBLIVION_ADMINS</code>.
    </Empty>
  )
}
