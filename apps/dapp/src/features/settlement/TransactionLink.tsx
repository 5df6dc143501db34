import { Link } from '@tanstack/react-router'
import { formatAddress } from '../format/formatAddress.ts'
import { useConfig } from '../shell/ConfigContext.tsx'

const look = 'text-link underline underline-offset-2'

/** To the explorer, or on a local chain to a page of our own. */
export function TransactionLink({ hash }: { hash: `0x${string}` }) {
  const { explorerUrl } = useConfig()
  const text = <span className="figure whitespace-nowrap">{formatAddress(hash)}</span>
  if (explorerUrl === null) {
    return (
      <Link to="/tx/$hash" params={{ hash }} className={look}>
        Transaction {text}
      </Link>
    )
  }
  return (
    <a href={`${explorerUrl.replace(/\/+$/, '')}/tx/${hash}`} target="_blank" rel="noreferrer" className={look}>
      Transaction {text} <span className="sr-only">(opens the explorer)</span>
    </a>
  )
}
