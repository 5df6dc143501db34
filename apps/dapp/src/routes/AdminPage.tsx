import { ForbiddenError } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { Page } from '../features/elements/Page.tsx'
import { Bone, FigureBones, RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { AsOf } from '../features/network/AsOf.tsx'
import { NotOperator } from '../features/operator/NotOperator.tsx'
import { OperatorView } from '../features/operator/OperatorView.tsx'
import { healthQuery, overviewQuery } from '../features/operator/operatorQueries.ts'
import { operatorSentence } from '../features/operator/operatorWords.ts'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../features/wallet/walletStore.ts'

/** What operators look at. Anybody else is told so, and sees nothing. */
export function AdminPage() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const query = useQuery({ ...overviewQuery(config, address ?? ''), enabled: address !== null })
  const forbidden = query.error instanceof ForbiddenError
  const overview = address === null || forbidden ? undefined : query.data
  const health = useQuery({ ...healthQuery(config), enabled: overview !== undefined })
  const silent = health.error !== null
  return (
    <Page
      title="Operator"
      sentence={overview ? operatorSentence(overview, silent ? null : health.data) : 'For operators.'}
      below={overview ? 'What needs a person comes first; below it, what runs by itself.' : undefined}
      action={overview && <AsOf asOf={overview.asOf} updatedAt={query.dataUpdatedAt} />}
    >
      <SignInGate purpose="see what operators see">
        {(signedIn) => {
          if (forbidden) return <NotOperator address={signedIn} />
          return (
            <>
              {query.error && (
                <QueryFailed error={query.error} tried="Reading how things stand" retry={query.refetch} />
              )}
              {overview ? (
                <OperatorView address={signedIn} overview={overview} health={health.data} silent={silent} />
              ) : (
                !query.error && <AdminBones />
              )}
            </>
          )
        }}
      </SignInGate>
    </Page>
  )
}

function AdminBones() {
  return (
    <Skeleton label="Reading how things stand">
      <div className="flex flex-col gap-6">
        <div className="card px-5 py-5">
          <Bone className="h-3 w-40" />
        </div>
        <div className="card flex flex-col gap-3 px-5 py-5">
          <Bone className="h-3 w-24" />
          <Bone className="h-3 w-64" />
        </div>
        <FigureBones count={4} />
        <RowBones count={3} />
      </div>
    </Skeleton>
  )
}
