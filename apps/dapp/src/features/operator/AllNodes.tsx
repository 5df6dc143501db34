import { ForbiddenError } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Page } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { AsOf } from '../network/AsOf.tsx'
import { NewMachine } from '../privacy/NewMachine.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { SignInGate } from '../wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../wallet/walletStore.ts'
import { NodesTable } from './NodesTable.tsx'
import { NotOperator } from './NotOperator.tsx'
import { nodesSentence } from './nodeWords.ts'
import { nodesQuery } from './operatorQueries.ts'

/** All nodes, for operators: how each stands, when it was heard last, and the button that adds some. */
export function AllNodes() {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const [adding, setAdding] = useState(false)
  const query = useQuery({ ...nodesQuery(config, address ?? ''), enabled: address !== null })
  const forbidden = query.error instanceof ForbiddenError
  const list = address === null || forbidden ? undefined : query.data
  const own = list?.nodes.filter(({ provider }) => provider === address?.toLowerCase()) ?? []
  return (
    <Page
      title="Nodes"
      sentence={list ? nodesSentence(list) : 'For operators.'}
      below={
        list && (
          <>
            Every tab, server and Python node that was registered.{' '}
            <Link to="/admin" className="text-link underline underline-offset-2">
              How the whole stands
            </Link>
          </>
        )
      }
      action={
        list && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <AsOf asOf={list.asOf} updatedAt={query.dataUpdatedAt} />
            <Button onClick={() => setAdding(true)}>Add a machine</Button>
          </div>
        )
      }
    >
      <SignInGate purpose="see all nodes">
        {(signedIn) => {
          if (forbidden) return <NotOperator address={signedIn} />
          return (
            <>
              {query.error && <QueryFailed error={query.error} tried="Reading the nodes" retry={query.refetch} />}
              {list ? (
                <NodesTable {...list} />
              ) : (
                !query.error && (
                  <Skeleton label="Reading the nodes">
                    <RowBones count={4} />
                  </Skeleton>
                )
              )}
              {adding && (
                <NewMachine
                  address={signedIn}
                  known={own.map(({ hardwareId }) => hardwareId)}
                  onClose={() => setAdding(false)}
                  onMade={() => void query.refetch()}
                />
              )}
            </>
          )
        }}
      </SignInGate>
    </Page>
  )
}
