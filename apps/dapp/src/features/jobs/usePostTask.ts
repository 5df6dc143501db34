import { createTask } from '@oblivion/client'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { type PictureForm, pictureTask } from './pictureDraft.ts'

/** Posts the task once, however often the button is pressed, and goes to its page. */
export function usePostTask(address: `0x${string}`) {
  const config = useConfig()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  return {
    busy,
    async post(form: PictureForm, pricePerTile: bigint): Promise<void> {
      if (busy) return
      setBusy(true)
      try {
        const { taskId, estimate } = await createTask(walletClient(config, address), {
          task: pictureTask(form, pricePerTile),
        })
        tell(`Posted. ${formatMoney(estimate.cost, form.asset)} are held for it.`)
        void queries.invalidateQueries({ queryKey: ['tasks'] })
        for (const key of ['balance', 'cardMoney']) void queries.invalidateQueries({ queryKey: [key] })
        await navigate({ to: '/jobs/$taskId', params: { taskId } })
      } catch (error) {
        tellError(errorSentence(error, 'Posting the task'))
        setBusy(false)
      }
    },
  }
}
