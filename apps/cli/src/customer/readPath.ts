import { isUtf8 } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { UsageError } from '../UsageError.ts'

const MOST = 512 * 1_048_576

/** The bytes of a file; `-` is the pipe. @throws {UsageError} where it cannot be read, or has more than 512 MiB. */
export const readPath = async (path: string): Promise<Buffer<ArrayBuffer>> => {
  const tooLarge = () =>
    new UsageError(`${path} has more than ${MOST} bytes (512 MiB): split it, and post several tasks.`)
  if (path === '-') {
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of process.stdin) {
      size += (piece as Buffer).length
      if (size > MOST) throw tooLarge()
      pieces.push(piece as Buffer)
    }
    return Buffer.concat(pieces)
  }
  try {
    if ((await stat(path)).size > MOST) throw tooLarge()
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new UsageError(
      code === 'ENOENT' ? `There is no file ${path} here.` : `${path} cannot be read: ${code ?? String(cause)}.`,
    )
  }
}

/**
 * The bytes of a text.
 *
 * @throws {UsageError} as `readPath`, and where they are no UTF-8: other characters would stand in their place.
 */
export const readText = async (path: string): Promise<Buffer> => {
  const bytes = await readPath(path)
  if (isUtf8(bytes)) return bytes
  throw new UsageError(`${path} is not text in UTF-8: save it as that.`)
}

/** The JSON value in a file. @throws {UsageError} where there is none. */
export const readJson = async (path: string): Promise<unknown> => {
  const bytes = await readText(path)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${(cause as Error).message}.`)
  }
}
