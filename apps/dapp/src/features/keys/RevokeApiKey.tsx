import { revokeApiKey } from '@oblivion/client'
import type { ApiKey } from '@oblivion/core'
import { useMutation } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Notice } from '../elements/Notice.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { revokedSentence } from './apiKeyWords.ts'

type RevokeApiKeyProps = { address: `0x${string}`; asked: ApiKey; onClose: () => void; onRevoked: () => void }

/** Says what stops and what goes on, then asks. */
export function RevokeApiKey({ address, asked, onClose, onRevoked }: RevokeApiKeyProps) {
  const config = useConfig()
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(walletClient(config, address), { keyId: asked.keyId }),
    onSuccess: onRevoked,
  })
  const failure = revoke.error && errorSentence(revoke.error, 'Revoking the key')
  return (
    <Dialog title="Revoke this key?" onClose={onClose} keep={revoke.isPending}>
      <div className="flex flex-col gap-4 p-5">
        <p className="text-ink-2">{revokedSentence(asked)}</p>
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
