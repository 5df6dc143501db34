import type { ApiKey } from '@oblivion/core'
import { Button } from '../elements/Button.tsx'
import { Pill } from '../elements/Pill.tsx'
import { Time } from '../format/Time.tsx'
import { keySentence, keyState } from './apiKeyWords.ts'

type ApiKeyListProps = { label: string; keys: readonly ApiKey[]; onRevoke: ((key: ApiKey) => void) | null }

/** Keys by name and beginning, with what each may do and has used. */
export function ApiKeyList({ label, keys, onRevoke }: ApiKeyListProps) {
  return (
    <ul aria-label={label} className="card divide-y divide-line">
      {keys.map((key) => {
        const { meaning, word } = keyState(key)
        return (
          <li key={key.keyId} className="flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4">
            <div className="min-w-0 flex-1 basis-64">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="min-w-0 truncate font-medium">{key.name}</span>
                <span className="figure text-12 text-ink-3">{key.beginning}…</span>
                <Pill meaning={meaning}>{word}</Pill>
              </p>
              <p className="mt-1 text-12 text-ink-2">{keySentence(key)}</p>
              <p className="mt-0.5 text-12 text-ink-3">
                Made <Time at={key.createdAt} />
                {key.lastUsedAt === null ? (
                  ', never used'
                ) : (
                  <>
                    , last used about <Time at={key.lastUsedAt} />
                  </>
                )}
                {key.revokedAt !== null ? (
                  <>
                    , revoked <Time at={key.revokedAt} />
                  </>
                ) : (
                  key.expiresAt !== null && (
                    <>
                      , {key.state === 'expired' ? 'expired' : 'expires'} <Time at={key.expiresAt} />
                    </>
                  )
                )}
                .
              </p>
            </div>
            {onRevoke && (
              <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
                Revoke
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
