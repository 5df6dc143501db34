import { errorFromCode } from '@oblivion/core'
import pg from 'pg'
import type { PartWatch } from '../health/watchPart.ts'
import { OutageError } from '../OutageError.ts'
import { isDatabaseOutage } from './isDatabaseOutage.ts'

/** A connection to the engine: the functions of schema `oblivion`, as role `oblivion_coordinator`. */
export type Engine = {
  /**
   * Calls one function and answers its value.
   *
   * @throws OblivionError the engine's own refusal, by code
   * @throws OutageError where the database cannot be reached
   */
  call(name: EngineFunction, args?: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

/** The functions that the coordinator may execute. */
export type EngineFunction =
  | 'settlement_instance'
  | 'open_settlement_instance'
  | 'halt_settlement'
  | 'resume_settlement'
  | 'record_chain_events'
  | 'reread_chain_events'
  | 'record_limits'
  | 'set_sandbox'
  | 'set_operators'
  | 'remove_node'
  | 'list_nodes'
  | 'record_customers'
  | 'customers_to_read'
  | 'pause_exiting'
  | 'pause_halted'
  | 'charges_due'
  | 'vouchers_due'
  | 'store_voucher'
  | 'ledger_state'
  | 'relay_queue'
  | 'relay_begin'
  | 'relay_try'
  | 'relay_mined'
  | 'relay_returned'
  | 'relay_ended'
  | 'payouts_due'
  | 'run_rescue'
  | 'advance_tasks'
  | 'answer_for_wrong_results'
  | 'run_schedules'
  | 'send_task_digests'
  | 'refresh_network_stats'
  | 'queue_figures'
  | 'keep_house'
  | 'deliveries_due'
  | 'judge_delivery'
  | 'uploads_left'
  | 'inputs_left'
  | 'checkpoints_left'
  | 'history_to_export'
  | 'history_lines'
  | 'mark_history_exported'
  | 'drop_old_history'
  | 'is_card_event_known'
  | 'record_card_event'
  | 'record_card_payment'
  | 'card_swept_to'
  | 'set_card_swept_to'
  | 'set_card_terms'
  | 'card_refunds_due'
  | 'fail_card_withdrawal'

/** Opens a small pool. Nothing is connected yet: a database that is away shows at the first call. */
export function createEngine(parameters: { databaseUrl: string; watch: PartWatch }): Engine {
  const { databaseUrl, watch } = parameters
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'oblivion-coordinator',
    max: 4,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  })
  // An idle connection that the server closed: the next call sees it too, and by then it may be back.
  pool.on('error', watch.lost)
  return {
    async call(name, args = []) {
      const places = args.map((_, index) => `$${index + 1}`).join(', ')
      try {
        const { rows } = await pool.query(`select oblivion.${name}(${places}) as answer`, [...args])
        watch.reached()
        return rows[0]?.answer ?? null
      } catch (error) {
        if (isDatabaseOutage(error)) {
          watch.lost(error)
          throw new OutageError('database', { cause: error })
        }
        watch.reached()
        throw asEngineError(error)
      }
    },
    close: () => pool.end(),
  }
}

function asEngineError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  const { code = '', message, hint, detail } = error
  return errorFromCode(code, { message, hint, values: parseDetail(detail), cause: error }) ?? error
}

/** The engine's errors carry their facts as JSON in `detail`; anything else there is no fact of ours. */
function parseDetail(detail: string | undefined): Record<string, never> | undefined {
  if (!detail?.startsWith('{')) return undefined
  try {
    return JSON.parse(detail)
  } catch {
    return undefined
  }
}
