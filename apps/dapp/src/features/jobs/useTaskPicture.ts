import { useEffect, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { createStore, useStore } from '../shell/createStore.ts'
import { createTaskPicture, type TaskPicture } from './taskPicture.ts'

const nothing = createStore<TaskPicture>({ tiles: new Map(), facts: new Map(), error: null })

/** The results of a task, as far as they are here, and `again`; `chunks` are the states that decide what is fetched. */
export function useTaskPicture(
  address: string,
  taskId: string,
  chunks: string | undefined,
): TaskPicture & { again: () => void } {
  const config = useConfig()
  const [picture, setPicture] = useState<ReturnType<typeof createTaskPicture> | null>(null)
  useEffect(() => {
    const created = createTaskPicture(walletClient(config, address), taskId)
    setPicture(created)
    return () => created.close()
  }, [config, address, taskId])
  useEffect(() => {
    if (chunks !== undefined) picture?.follow(chunks)
  }, [picture, chunks])
  return { ...useStore(picture?.store ?? nothing), again: () => picture?.again() }
}
