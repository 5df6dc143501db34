import { useParams } from '@tanstack/react-router'
import { AllNodes } from '../features/operator/AllNodes.tsx'
import { OneNode } from '../features/operator/OneNode.tsx'

/** All nodes, or the one whose id the address ends with. One route for both: each costs every page its bytes. */
export function NodesPage() {
  const { nodeId } = useParams({ from: '/admin/nodes/{-$nodeId}' })
  return nodeId === undefined ? <AllNodes /> : <OneNode key={nodeId} nodeId={nodeId} />
}
