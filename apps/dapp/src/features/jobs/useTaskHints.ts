import { taskDigestEvent, taskTopic } from '@oblivion/core'
import { useEffect, useRef, useState } from 'react'
import { useConfig } from '../shell/ConfigContext.tsx'
import { supabaseFor } from '../wallet/supabaseSession.ts'

/**
 * Calls `onHint` when the database broadcasts that the task moved on. A hint carries no truth: whoever gets it reads
 * again.
 *
 * @returns Whether the channel stands; where it does not, the poll alone keeps the page up to date.
 */
export function useTaskHints(address: string, taskId: string, active: boolean, onHint: () => void): boolean {
  const config = useConfig()
  const [live, setLive] = useState(false)
  const latest = useRef(onHint)
  latest.current = onHint
  useEffect(() => {
    if (!active) return
    let ended = false
    let leave = () => {}
    supabaseFor(config, address)
      .then(async (supabase) => {
        // The private channel is joined as the wallet: its token has to be there before the join.
        await supabase.realtime.setAuth()
        if (ended) return
        const channel = supabase
          .channel(taskTopic(taskId), { config: { private: true } })
          .on('broadcast', { event: taskDigestEvent }, () => latest.current())
          .subscribe((status) => {
            if (!ended) setLive(status === 'SUBSCRIBED')
          })
        leave = () => void supabase.removeChannel(channel)
      })
      .catch(() => setLive(false))
    return () => {
      ended = true
      setLive(false)
      leave()
    }
  }, [config, address, taskId, active])
  return live
}
