import { useEffect, useState } from 'react'
import { watchConnectors } from 'wagmi/actions'
import { walletChoices } from './connectWallet.ts'
import type { WalletKernel } from './walletKernel.ts'

/** The wallets found so far; a wallet that announces itself late is added. */
export function useWalletChoices(kernel: WalletKernel) {
  const [choices, setChoices] = useState(() => [...walletChoices(kernel)])
  useEffect(() => watchConnectors(kernel.wagmi, { onChange: (next) => setChoices([...next]) }), [kernel])
  return choices
}
