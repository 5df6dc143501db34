import pg from 'pg'
import { developmentAccounts } from '../chain/accounts.ts'
import type { DatabaseUrls } from '../database/databaseUrls.ts'

/**
 * Lets site keys be used from this stack's bridge, and makes the embed demo a site of the operator's development account.
 *
 * @returns The demo's site key.
 */
export const ensureEmbedding = async (options: {
  urls: DatabaseUrls
  bridge: string
  demo: string
  /** Shows the demo in a frame. */
  dapp: string
}): Promise<string> => {
  const { urls, bridge, demo, dapp } = options
  const owner = developmentAccounts.find(({ role }) => role === 'operator')?.address.toLowerCase()
  const coordinator = new pg.Client({ connectionString: urls.oblivion_coordinator, application_name: 'oblivion-start' })
  const postgres = new pg.Client({ connectionString: urls.postgres, application_name: 'oblivion-start' })
  await Promise.all([coordinator.connect(), postgres.connect()])
  try {
    // No proxy stands before this server, so no header tells an address.
    await coordinator.query('select oblivion.set_embedding($1, null)', [[bridge]])
    const { rows } = await postgres.query<{ key: string }>(
      `with known as (
         update oblivion.sites s
            set origins = $2
          where s.key = $3
         returning s.key
       ), made as (
         insert into oblivion.sites (
           owner_id, key, name, origins, programs, owner_bps, max_cpu_percent, max_visitors, registrations_per_hour)
         select oblivion.owner_of($1), $3, 'the Field Guide', $2, array['raytrace'], 4000, 50, 5000, 10000
          where not exists (select from oblivion.sites s where s.key = $3)
         returning key
       )
       select key from known union all select key from made`,
      [owner, [demo, dapp], DEMO_SITE_KEY],
    )
    return rows[0]?.key ?? DEMO_SITE_KEY
  } finally {
    await Promise.all([coordinator.end(), postgres.end()])
  }
}

/** Public, as every site key; the same in each stack, so that a page that was left open goes on after a restart. */
const DEMO_SITE_KEY = 'obs_0e3bed0de3000000000000000000de30'
