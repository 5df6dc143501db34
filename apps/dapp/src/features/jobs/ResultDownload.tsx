import { walletClient, walletOptions } from '../api/walletClient.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { downloadResults } from './downloadResults.ts'
import { FileDownload } from './FileDownload.tsx'
import { resultFormats } from './resultFile.ts'
import { fileName } from './saveFile.ts'

type ResultDownloadProps = {
  address: `0x${string}`
  taskId: string
  title: string
  stage: number | undefined
  /** About how many there are. */
  total: number
}

/** Saves all results so far as a file. */
export function ResultDownload({ address, taskId, title, stage, total }: ResultDownloadProps) {
  const config = useConfig()
  return (
    <FileDownload
      legend="Download all results"
      files={resultFormats.map((format) => ({
        label: format.toUpperCase(),
        noun: 'result',
        total,
        read: async (onProgress, signal) => ({
          blob: await downloadResults(walletClient(config, address), {
            ...{ taskId, storage: walletOptions(config, address), stage, format, signal, onProgress },
          }),
          name: `${fileName(title, 'results')}.${format}`,
        }),
      }))}
    />
  )
}
