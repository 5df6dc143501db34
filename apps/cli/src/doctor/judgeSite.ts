import { createClient } from '@oblivion/client'
import { OblivionError } from '@oblivion/core'
import { change, type Finding, note, ok } from './Finding.ts'
import type { HostConfig } from './readHost.ts'

/** Asks the server whether the site key is good, and for the page's origin. */
export const judgeSite = async (
  { supabaseUrl, anonKey }: HostConfig,
  siteKey: string | null,
  page: URL,
): Promise<readonly Finding[]> => {
  const check = 'site key'
  if (siteKey === null) {
    return [
      note(check, 'The page does not show its site key: a script of its own has it.', 'Give it: --site-key obs_...'),
    ]
  }
  const client = createClient({ supabaseUrl, supabaseKey: anonKey })
  try {
    const site = await client.call('get_site', { p_site_key: siteKey })
    const { name, origins, perAddress } = Object(site) as { name?: unknown; origins?: unknown; perAddress?: unknown }
    if (!Array.isArray(origins)) return [change(check, 'The server answers what it should not.', 'Tell its operator.')]
    const addresses = judgeAddresses(perAddress === true)
    return origins.includes(page.origin)
      ? [ok(check, `The key is that of “${String(name)}”, and good for ${page.origin}.`), addresses]
      : [
          change(
            check,
            `The key is good for ${origins.join(', ')}, and this page is of another origin: OB281.`,
            `Add ${page.origin} to the site on the dApp’s Embed page.`,
          ),
          addresses,
        ]
  } catch (error) {
    if (!(error instanceof OblivionError)) throw error
    return [change(check, `${error.shortMessage} (${error.code})`, error.hint)]
  }
}

/** Without a header that the operator's own proxy writes nobody knows an address, since callers write the others (A13). */
const judgeAddresses = (perAddress: boolean): Finding =>
  perAddress
    ? ok('addresses', 'The operator’s proxy tells visitors apart by address block, so one cannot pass for many.')
    : note(
        'addresses',
        'No address is known to the server, so there is no rule per address: one visitor can pass for many, within the site’s caps.',
        "Its operator names the header that its own proxy writes: select oblivion.set_embedding(array['https://bridge...'], 'x-real-ip').",
      )
