import type { OperatorNodes } from '@oblivion/core'
import { Link } from '@tanstack/react-router'
import { Empty } from '../elements/Empty.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { Time } from '../format/Time.tsx'
import { machineName } from '../privacy/machineWords.ts'
import { mostNodes, nodeState } from './nodeWords.ts'

/** Every node that called in, the latest seen first; says so where the list is cut. */
export function NodesTable({ asOf, nodes }: OperatorNodes) {
  if (nodes.length === 0) {
    return (
      <Empty title="Every node will stand here.">
        Each tab, server and Python node that was registered, {mostNodes} at most, with its last heartbeat and for how
        long it has been down.
      </Empty>
    )
  }
  return (
    <>
      <Table
        caption="Nodes, the latest seen first"
        rows={nodes.map((node) => ({ ...node, ...nodeState(node, asOf) }))}
        rowKey={(node) => node.nodeId}
        columns={[
          {
            name: 'Node',
            cell: (node) => (
              <span className="flex min-w-0 flex-col">
                <Link
                  to="/admin/nodes/{-$nodeId}"
                  params={{ nodeId: node.nodeId }}
                  title={node.hardwareId}
                  className="line-clamp-1 max-w-[9rem] break-all font-medium text-ink underline-offset-2 hover:text-link hover:underline wide:max-w-[18rem]"
                >
                  {node.hardwareId}
                </Link>
                <span className="text-12 text-ink-3">{machineName(node)}</span>
              </span>
            ),
          },
          {
            name: 'Earns for',
            wideOnly: true,
            cell: (node) => (
              <span className="figure whitespace-nowrap" title={node.provider}>
                {formatAddress(node.provider)}
              </span>
            ),
          },
          {
            name: 'State',
            cell: (node) => (
              <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2">
                <StateMark meaning={node.meaning} size={8} />
                {node.words}
              </span>
            ),
          },
          {
            name: 'Active jobs',
            right: true,
            wideOnly: true,
            cell: (node) => <span className="figure">{`${node.currentJobs} / ${node.maxJobs}`}</span>,
          },
          {
            name: 'Jobs done',
            right: true,
            cell: (node) => <span className="figure">{node.completedJobs.toLocaleString('en-US')}</span>,
          },
          { name: 'Last heartbeat', right: true, wideOnly: true, cell: (node) => <Time at={node.lastSeenAt} /> },
        ]}
      />
      {nodes.length >= mostNodes && (
        <p className="text-12 text-ink-3">
          The list ends here, after {mostNodes} nodes: the latest seen, and of more those with a key. The overview
          counts all of the last day.
        </p>
      )}
    </>
  )
}
