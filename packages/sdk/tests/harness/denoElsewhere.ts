import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findDeno } from '../../src/node/findDeno.ts'

/**
 * Deno as on a machine elsewhere: with another locale, time zone and count of cores.
 *
 * @returns The path of a command that takes Deno's arguments.
 */
export const denoElsewhere = async (
  folder: string,
  { locale, timeZone, cores }: { readonly locale: string; readonly timeZone: string; readonly cores: number },
): Promise<string> => {
  const lang = `${locale.replace('-', '_')}.UTF-8`
  const path = join(folder, `deno-${lang}-${timeZone.replace('/', '-')}-${cores}`)
  const held = `taskset --cpu-list 0-${cores - 1} '${findDeno()}' "$@"`
  await writeFile(path, `#!/bin/sh\nexec env LANG=${lang} LC_ALL=${lang} TZ=${timeZone} ${held}\n`)
  await chmod(path, 0o700)
  return path
}
