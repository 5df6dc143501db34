import { useQuery } from '@tanstack/react-query'
import { CardMoneySection } from '../features/cards/CardMoneySection.tsx'
import { Notice } from '../features/elements/Notice.tsx'
import { Page, Section } from '../features/elements/Page.tsx'
import { Bone, FigureBones, RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { balanceQuery } from '../features/jobs/taskQueries.ts'
import { ApiKeysSection } from '../features/keys/ApiKeysSection.tsx'
import { ForgetMe } from '../features/privacy/ForgetMe.tsx'
import { Machines } from '../features/privacy/Machines.tsx'
import { BalanceBar } from '../features/settlement/BalanceBar.tsx'
import { DepositCard } from '../features/settlement/DepositCard.tsx'
import { PlayMoneyCard } from '../features/settlement/PlayMoneyCard.tsx'
import { ProofCard } from '../features/settlement/ProofCard.tsx'
import { ReceiptTable } from '../features/settlement/ReceiptTable.tsx'
import { SafetyCard } from '../features/settlement/SafetyCard.tsx'
import { SettleCard } from '../features/settlement/SettleCard.tsx'
import { StatementSection } from '../features/settlement/StatementSection.tsx'
import { TransactionList } from '../features/settlement/TransactionList.tsx'
import { WithdrawCard } from '../features/settlement/WithdrawCard.tsx'
import { walletSentence } from '../features/settlement/walletFigures.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'
import { earningsQuery } from '../features/worker/earningsQuery.ts'

/** Where the money of one wallet is, and how to move it. */
export function WalletPage() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const enabled = address !== null
  const balance = useQuery({ ...balanceQuery(config, address ?? ''), enabled })
  const earnings = useQuery({ ...earningsQuery(config, address ?? ''), enabled })
  const error = balance.error ?? earnings.error
  return (
    <Page
      title="Wallet"
      sentence={
        balance.data && earnings.data
          ? walletSentence(balance.data, earnings.data)
          : 'What you can spend, and what you earned.'
      }
      below="Deposits lie in a contract, earnings are paid out of it. What you see here is the ledger of both."
    >
      <SignInGate purpose="see its money">
        {(signedIn) => (
          <>
            {error && (
              <QueryFailed
                error={error}
                tried="Reading your balance"
                retry={() => Promise.all([balance.refetch(), earnings.refetch()])}
              />
            )}
            {balance.data && earnings.data ? (
              <>
                {balance.data.halted && (
                  <Notice meaning="wait" title="Settlement is halted for now." details={balance.data.halted}>
                    Nothing is paid out, no task can be posted, and tasks that USDC pays are paused, until the operator
                    has looked into it. Your figures below stand.
                  </Notice>
                )}
                <BalanceBar balance={balance.data} earnings={earnings.data} />
                <Section title="Move money">
                  <div className="grid gap-4 wide:grid-cols-2">
                    <SettleCard address={signedIn} earnings={earnings.data} />
                    <DepositCard address={signedIn} dailyCap={balance.data.dailyCap} />
                    <WithdrawCard address={signedIn} />
                    <SafetyCard address={signedIn} />
                  </div>
                </Section>
                <p className="text-12 text-ink-3">
                  If the token’s issuer pauses USDC or blocks the contract, nothing moves until it ends that; if the
                  operator vanishes, earnings without a voucher are not paid, and every customer can still withdraw.
                </p>
                <CardMoneySection address={signedIn} />
                {balance.data.play && <PlayMoneyCard address={signedIn} play={balance.data.play} />}
                <TransactionList />
                <ReceiptTable receipts={earnings.data.receipts} />
                <ProofCard address={signedIn} balance={balance.data} />
                <StatementSection address={signedIn} play={balance.data.play !== null} />
              </>
            ) : (
              !error && <WalletBones />
            )}
            <ApiKeysSection address={signedIn} />
            <Machines address={signedIn} />
            <ForgetMe address={signedIn} />
          </>
        )}
      </SignInGate>
    </Page>
  )
}

function WalletBones() {
  return (
    <Skeleton label="Reading your balance">
      <div className="flex flex-col gap-6">
        <Bone className="h-3 w-full" />
        <FigureBones count={5} />
        <div className="grid gap-4 wide:grid-cols-2">
          <Bone className="h-56 w-full" />
          <Bone className="h-56 w-full" />
        </div>
        <RowBones count={3} />
      </div>
    </Skeleton>
  )
}
