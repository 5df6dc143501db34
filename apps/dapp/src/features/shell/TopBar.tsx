import { Link } from '@tanstack/react-router'
import { Pill } from '../elements/Pill.tsx'
import { WalletButton } from '../wallet/WalletButton.tsx'
import { LiveWorker } from '../worker/LiveWorker.tsx'
import { useConfig } from './ConfigContext.tsx'
import { Mark } from './Mark.tsx'
import { networkName } from './networkName.ts'
import { ThemeSwitch } from './ThemeSwitch.tsx'

const pages = [
  { to: '/worker', name: 'Worker' },
  { to: '/network', name: 'Network' },
  { to: '/jobs', name: 'Jobs' },
  { to: '/wallet', name: 'Wallet' },
  { to: '/embed', name: 'Embed' },
] as const

/** The thin bar: name and pages at the left; network, wallet and theme at the right; a live worker wherever one goes. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-10 border-line border-b bg-bg">
      <div className="mx-auto flex max-w-[1120px] flex-wrap items-center gap-x-2 px-4 wide:h-14 wide:flex-nowrap wide:gap-x-6 wide:px-6">
        <Link to="/" className="flex h-12 items-center gap-2 font-semibold text-16 tracking-[-0.01em] wide:h-14">
          <Mark /> Oblivion
        </Link>
        <nav
          aria-label="Pages"
          className="order-last flex w-full justify-between gap-1 wide:order-none wide:w-auto wide:justify-start"
        >
          {pages.map((page) => (
            <Link
              key={page.to}
              to={page.to}
              className="relative flex h-11 items-center px-2 text-ink-2 hover:text-ink wide:h-14 wide:px-3"
              activeProps={{
                className:
                  'text-ink font-medium after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 after:bg-ink wide:after:inset-x-3',
              }}
            >
              {page.name}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-2">
          <span className="hidden wide:inline">
            <LiveWorker />
          </span>
          <NetworkPill />
          <WalletButton />
          <ThemeSwitch />
        </div>
        <div className="order-last mt-2 w-full pb-2 empty:hidden wide:hidden">
          <LiveWorker />
        </div>
      </div>
    </header>
  )
}

function NetworkPill() {
  const { chainId } = useConfig()
  const { name, test } = networkName(chainId)
  if (!test) return <span className="hidden text-12 text-ink-3 wide:inline">{name}</span>
  return (
    <Pill meaning="wait" title={`${name} (${chainId}). Its USDC is worth nothing.`}>
      <span>
        Test<span className="sr-only full:not-sr-only"> network</span>
      </span>
    </Pill>
  )
}
