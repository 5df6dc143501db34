import { listApiKeys } from '@oblivion/client'
import type { ApiKey } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Section } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { ApiKeyList } from './ApiKeyList.tsx'
import { NewApiKey } from './NewApiKey.tsx'
import { RevokeApiKey } from './RevokeApiKey.tsx'

/** By which programs of this wallet's act without it: what each may do and has used, a new one, and the end of one. */
export function ApiKeysSection({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const [making, setMaking] = useState(false)
  const [asked, setAsked] = useState<ApiKey | null>(null)
  const keys = useQuery({
    queryKey: ['api-keys', address],
    queryFn: ({ signal }) => listApiKeys(walletClient(config, address), { signal }),
    refetchInterval: 10_000,
  })
  const valid = keys.data?.filter(({ state }) => state === 'valid') ?? []
  const ended = keys.data?.filter(({ state }) => state !== 'valid') ?? []
  const make = <Button onClick={() => setMaking(true)}>Make a key</Button>
  return (
    <Section
      title="API keys"
      aside={
        valid.length > 0 && (
          <Button size="small" onClick={() => setMaking(true)}>
            Make a key
          </Button>
        )
      }
    >
      {keys.error && <QueryFailed error={keys.error} tried="Reading your API keys" retry={keys.refetch} />}
      {keys.data === undefined && !keys.error && (
        <Skeleton label="Reading your API keys">
          <RowBones count={2} />
        </Skeleton>
      )}
      {keys.data && valid.length === 0 && (
        <Empty title="No program acts for you." action={make}>
          With a key a script, a server or the command line posts tasks and reads results without this wallet. It spends
          at most its limit, and can neither withdraw nor change where your money goes.
        </Empty>
      )}
      {valid.length > 0 && <ApiKeyList label="API keys" keys={valid} onRevoke={setAsked} />}
      {ended.length > 0 && (
        <details className="text-14 text-ink-2">
          <summary className="cursor-pointer py-1">{plural(ended.length, 'key')} that ended</summary>
          <div className="mt-2">
            <ApiKeyList label="API keys that ended" keys={ended} onRevoke={null} />
          </div>
        </details>
      )}
      {making && <NewApiKey address={address} onClose={() => setMaking(false)} onMade={() => void keys.refetch()} />}
      {asked && (
        <RevokeApiKey
          address={address}
          asked={asked}
          onClose={() => setAsked(null)}
          onRevoked={() => void keys.refetch()}
        />
      )}
    </Section>
  )
}
