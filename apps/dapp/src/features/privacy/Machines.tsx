import { myNodes, revokeNode } from '@oblivion/client'
import type { OwnNode } from '@oblivion/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Section } from '../elements/Page.tsx'
import { Pill } from '../elements/Pill.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { plural } from '../format/plural.ts'
import { Time } from '../format/Time.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { tell } from '../shell/tell.ts'
import { machineLabel, machineName, machineState, revokedSentence } from './machineWords.ts'
import { NewMachine } from './NewMachine.tsx'

/** What works for this wallet, each with a key of its own; a new one, and the button that ends one. */
export function Machines({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const [asked, setAsked] = useState<OwnNode | null>(null)
  const [adding, setAdding] = useState(false)
  const machines = useQuery({
    queryKey: ['machines', address],
    queryFn: ({ signal }) => myNodes(walletClient(config, address), { signal }),
    refetchInterval: 10_000,
  })
  const some = machines.data !== undefined && machines.data.length > 0
  const add = (
    <Button size={some ? 'small' : 'normal'} onClick={() => setAdding(true)}>
      Add a machine
    </Button>
  )
  return (
    <Section title="Your machines" aside={some && add}>
      {machines.error && (
        <QueryFailed error={machines.error} tried="Reading your machines" retry={() => machines.refetch()} />
      )}
      {machines.data === undefined ? (
        !machines.error && (
          <Skeleton label="Reading your machines">
            <RowBones count={2} />
          </Skeleton>
        )
      ) : machines.data.length === 0 ? (
        <Empty title="No machine works for this wallet yet." action={add}>
          Each tab, server and Python node that does is listed here. It has a key of its own, which works for you and
          reaches no money; where one gets into other hands, you end it here.
        </Empty>
      ) : (
        <ul aria-label="Your machines" className="card divide-y divide-line">
          {machines.data.map((machine) => (
            <MachineRow key={machine.nodeId} machine={machine} onRevoke={() => setAsked(machine)} />
          ))}
        </ul>
      )}
      {adding && (
        <NewMachine
          address={address}
          known={machines.data?.map(({ hardwareId }) => hardwareId) ?? []}
          onClose={() => setAdding(false)}
          onMade={() => void machines.refetch()}
        />
      )}
      {asked && <RevokeDialog address={address} machine={asked} onClose={() => setAsked(null)} />}
    </Section>
  )
}

function MachineRow({ machine, onRevoke }: { machine: OwnNode; onRevoke: () => void }) {
  const { meaning, word } = machineState(machine)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{machineName(machine)}</p>
        <p className="truncate text-12 text-ink-3">
          Seen <Time at={machine.lastSeenAt} />, {plural(machine.completedJobs, 'job')} done, id{' '}
          <span className="figure" title={machine.hardwareId}>
            {machine.hardwareId}
          </span>
        </p>
      </div>
      <Pill meaning={meaning}>{word}</Pill>
      {machine.hasKey && (
        <Button size="small" kind="quiet" onClick={onRevoke} aria-label={`Revoke the key of ${machineLabel(machine)}`}>
          Revoke the key
        </Button>
      )}
    </li>
  )
}

type RevokeDialogProps = { address: `0x${string}`; machine: OwnNode; onClose: () => void }

/** Says what ends and what does not, then asks. */
function RevokeDialog({ address, machine, onClose }: RevokeDialogProps) {
  const config = useConfig()
  const queries = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => revokeNode(walletClient(config, address), { nodeId: machine.nodeId }),
    onSuccess: () => tell(revokedSentence(machine)),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['machines'] }),
  })
  const failure = revoke.error && errorSentence(revoke.error, 'Revoking the key')
  return (
    <Dialog title="Revoke this key?" onClose={onClose} keep={revoke.isPending}>
      <div className="flex flex-col gap-4 p-5">
        <p className="text-ink-2">
          {machineName(machine)} <span className="figure break-all text-ink">{machine.hardwareId}</span> stops at its
          next call, and whoever has its key can do nothing more with it. A job in work goes back to the queue. What was
          earned stays yours. Where you are signed in with your wallet, the machine can be started again, and gets a new
          key.
        </p>
        {failure && (
          <Notice meaning="fail" title={failure.title} details={failure.details}>
            {failure.hint}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose} disabled={revoke.isPending}>
            Keep it
          </Button>
          <Button
            kind="danger"
            busy={revoke.isPending}
            onClick={() => revoke.mutate(undefined, { onSuccess: onClose })}
          >
            {failure ? 'Try again' : 'Revoke it now'}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
