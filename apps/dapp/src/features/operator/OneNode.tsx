import { ForbiddenError, NodeNotFoundError } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '../elements/Empty.tsx'
import { Page } from '../elements/Page.tsx'
import { FigureBones, RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { AsOf } from '../network/AsOf.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { SignInGate } from '../wallet/SignInGate.tsx'
import { signedInAddress, walletStore } from '../wallet/walletStore.ts'
import { NodeView } from './NodeView.tsx'
import { NotOperator } from './NotOperator.tsx'
import { nodeSentence } from './nodeWords.ts'
import { nodeQuery } from './operatorQueries.ts'

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** One node, for operators. */
export function OneNode({ nodeId }: { nodeId: string }) {
  const config = useConfig()
  const address = signedInAddress(useStore(walletStore))
  const known = idPattern.test(nodeId)
  const query = useQuery({ ...nodeQuery(config, address ?? '', nodeId), enabled: address !== null && known })
  const forbidden = query.error instanceof ForbiddenError
  const unknown = !known || query.error instanceof NodeNotFoundError
  const node = address === null || forbidden || unknown ? undefined : query.data
  const all = (
    <Link
      to="/admin/nodes/{-$nodeId}"
      params={{ nodeId: undefined }}
      className="text-link underline underline-offset-2"
    >
      All nodes
    </Link>
  )
  return (
    <Page
      title="Node"
      sentence={node ? nodeSentence(node) : 'For operators.'}
      below={
        node && (
          <>
            <span className="figure break-all">{node.hardwareId}</span>. {all}
          </>
        )
      }
      action={node && <AsOf asOf={node.asOf} updatedAt={query.dataUpdatedAt} />}
    >
      <SignInGate purpose="see this node">
        {(signedIn) => {
          if (forbidden) return <NotOperator address={signedIn} />
          if (unknown) {
            return (
              <Empty title="There is no such node." action={all}>
                Tabs of visitors go after a day, silent machines after 30 days.
              </Empty>
            )
          }
          return (
            <>
              {query.error && <QueryFailed error={query.error} tried="Reading the node" retry={query.refetch} />}
              {node ? (
                <NodeView node={node} />
              ) : (
                !query.error && (
                  <Skeleton label="Reading the node">
                    <div className="flex flex-col gap-6">
                      <FigureBones count={4} />
                      <RowBones count={3} />
                    </div>
                  </Skeleton>
                )
              )}
            </>
          )
        }}
      </SignInGate>
    </Page>
  )
}
