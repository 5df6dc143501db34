import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Page, Section } from '../elements/Page.tsx'
import { Pill } from '../elements/Pill.tsx'
import { Bone, FigureBones, Skeleton } from '../elements/Skeleton.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { tellError } from '../shell/tell.ts'
import { CancelTask } from './CancelTask.tsx'
import { ChunkAttempts } from './ChunkAttempts.tsx'
import { ChunkBar } from './ChunkBar.tsx'
import { ChunkDetail } from './ChunkDetail.tsx'
import { ChunkGrid } from './ChunkGrid.tsx'
import { ChunkLegend } from './ChunkLegend.tsx'
import { CountedAt } from './CountedAt.tsx'
import { downloadPicture } from './downloadPicture.ts'
import { forecastSentence, replicasSentence } from './forecastSentence.ts'
import { PauseTask } from './PauseTask.tsx'
import { PictureCanvas } from './PictureCanvas.tsx'
import { meteredSentence } from './priceWords.ts'
import { failedPages } from './readFailures.ts'
import { TaskFailures } from './TaskFailures.tsx'
import { TaskMoney } from './TaskMoney.tsx'
import { TaskNotices } from './TaskNotices.tsx'
import { TaskPosted } from './TaskPosted.tsx'
import { TaskResults } from './TaskResults.tsx'
import { TaskStages } from './TaskStages.tsx'
import { taskQuery } from './taskQueries.ts'
import { taskSentence, taskWords } from './taskSentence.ts'
import { termsSentence } from './termsSentence.ts'
import { useTaskHints } from './useTaskHints.ts'
import { useTaskPicture } from './useTaskPicture.ts'

/** More squares than this fill many screens and say less than one bar. */
const mostSquares = 10_000

/** One task: its picture as it assembles, its chunks, its money. */
export function TaskView({ taskId, address }: { taskId: string; address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const query = useQuery(taskQuery(config, address, taskId))
  const task = query.data
  const open = task === undefined || task.finishedAt === null
  const live = useTaskHints(address, taskId, open, () =>
    queries.invalidateQueries({ queryKey: ['task', address, taskId] }),
  )
  // Only tiles make a picture; the results of a task with more squares than are drawn are read by the page.
  const drawn = task !== undefined && (task.stages?.at(-1)?.type ?? task.type) === 'raytrace'
  const read = task !== undefined && (drawn || task.chunkCount <= mostSquares)
  const picture = useTaskPicture(address, taskId, read ? task.chunks : undefined)
  const failed = useMemo(() => failedPages(task?.chunks ?? ''), [task?.chunks])
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null)
  const onCanvas = useCallback((element: HTMLCanvasElement | null) => setCanvas(element), [])

  if (!task) {
    return (
      <Page title="Task" sentence={query.error ? 'This task cannot be shown.' : 'Reading the task.'}>
        {query.error ? (
          <QueryFailed error={query.error} tried="Reading the task" retry={query.refetch} />
        ) : (
          <TaskBones />
        )}
      </Page>
    )
  }
  const complete = drawn && picture.tiles.size === task.chunkCount
  const size = picture.tiles.values().next().value?.picture
  const noun = task.type === 'raytrace' ? 'Tile' : 'Chunk'
  const { meaning, word } = taskWords[task.status]
  const replicas = replicasSentence(task.terms)
  const metered = meteredSentence(task)
  const forecast = forecastSentence(task.forecast, task.asset, Date.now())
  return (
    <Page
      title={task.title}
      sentence={taskSentence(task)}
      below={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{task.title}</span>
          <Pill meaning={meaning}>{word}</Pill>
          {open && (
            <span className="text-12 text-ink-3">
              {live ? 'Updates come as they happen.' : 'Updates come every five seconds.'}
            </span>
          )}
          <span className="basis-full text-12 text-ink-2">{termsSentence(task)}</span>
          {replicas !== null && <span className="basis-full text-12 text-ink-2">{replicas}</span>}
          {metered !== null && <span className="basis-full text-12 text-ink-2">{metered}</span>}
          {forecast !== null && <span className="basis-full text-12 text-ink-2">{forecast}</span>}
        </span>
      }
      action={
        <div className="flex flex-wrap gap-2">
          {/* What a halt of settlement has paused nobody can resume: it goes on by itself. */}
          {open && task.pausedReason !== 'halted' && <PauseTask task={task} address={address} />}
          {open && <CancelTask task={task} address={address} />}
          {complete && canvas && (
            <Button
              kind="primary"
              onClick={() =>
                downloadPicture(canvas, task.title).catch((error: unknown) =>
                  tellError(errorSentence(error, 'Saving the picture')),
                )
              }
            >
              Download PNG
            </Button>
          )}
        </div>
      }
    >
      {query.error && <QueryFailed error={query.error} tried="Reading the task anew" retry={query.refetch} />}
      {picture.error && <QueryFailed error={picture.error} tried="Fetching results" retry={picture.again} />}
      <TaskNotices task={task} />
      <div className={drawn ? 'grid gap-6 full:grid-cols-[1fr_18rem]' : undefined}>
        {drawn && (
          <Section title="Picture">
            <PictureCanvas
              tiles={picture.tiles}
              letters={task.chunks}
              label={`${task.title}: ${picture.tiles.size} of ${task.chunkCount} tiles drawn`}
              onCanvas={onCanvas}
            />
          </Section>
        )}
        <Section title="Chunks" aside={open && <CountedAt task={task} answeredAt={query.dataUpdatedAt} />}>
          <div className="card flex flex-col gap-4 p-5">
            <ChunkLegend counts={task.counts} />
            {task.chunkCount > mostSquares ? (
              <ChunkBar counts={task.counts} />
            ) : (
              <ChunkGrid
                letters={task.chunks}
                columns={size ? Math.ceil(size.width / size.tileWidth) : null}
                detailOf={(index) => (
                  <ChunkDetail {...{ task, address, index, noun }} facts={picture.facts.get(index)} pages={failed} />
                )}
                moreOf={(index, close) => (
                  <ChunkAttempts key={index} {...{ task, address, index, noun }} onClose={close} />
                )}
              />
            )}
          </div>
        </Section>
      </div>
      <TaskFailures {...{ task, address, noun }} pages={failed} />
      {!drawn && <TaskResults task={task} address={address} />}
      {task.stages !== null && <TaskStages stages={task.stages} chunkCount={task.chunkCount} />}
      <TaskPosted task={task} address={address} />
      <TaskMoney task={task} />
    </Page>
  )
}

function TaskBones() {
  return (
    <Skeleton label="Reading the task">
      <div className="flex flex-col gap-6">
        <div className="grid gap-6 full:grid-cols-[1fr_18rem]">
          <Bone className="aspect-video w-full" />
          <Bone className="h-64 w-full" />
        </div>
        <FigureBones count={4} />
      </div>
    </Skeleton>
  )
}
