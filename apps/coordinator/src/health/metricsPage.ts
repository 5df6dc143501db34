import { Counter, Gauge, Registry } from 'prom-client'
import type { HealthReport } from './healthReport.ts'

/** The health report as metrics in the text format of Prometheus: what a person is woken by is a series. */
export async function metricsPage(report: HealthReport): Promise<{ type: string; text: string }> {
  const registry = new Registry()
  const gauge = (name: string, help: string, values: Array<[labels: Record<string, string>, value: number | null]>) => {
    const known = values.filter(([, value]) => value !== null)
    // Without a value the library would say 0.
    if (known.length === 0) return
    const labelNames = Object.keys(known[0]?.[0] ?? {})
    const made = new Gauge({ name: `oblivion_${name}`, help, labelNames, registers: [registry] })
    for (const [labels, value] of known) made.set(labels, Number(value))
  }
  const { settlement, relay, queue, alarms } = report
  gauge('up', 'Whether a part answers.', [
    [{ part: 'database' }, report.database.state === 'ok' ? 1 : 0],
    [{ part: 'chain' }, report.chain.state === 'ok' ? 1 : 0],
  ])
  gauge('settlement_state', 'What settlement does, in a label.', [[{ state: settlement.state }, 1]])
  gauge('cursor_block', 'The last block that is booked.', [[{}, settlement.cursorBlock]])
  gauge('finalized_block', 'The last final block.', [[{}, settlement.finalizedBlock]])
  gauge('reconciled_block', 'The last block at which ledger and contract were equal.', [
    [{}, settlement.reconciledBlock],
  ])
  const { balanceWei } = relay
  gauge('relayer_balance_wei', 'What the relayer holds for gas.', [
    [{}, balanceWei === null ? null : Number(balanceWei)],
  ])
  gauge('relay_tries', 'How often the batch that waits for a block was signed; 0 where none waits.', [
    [{}, relay.tries],
  ])
  const depth = (value: number | undefined): [[Record<string, string>, number | null]] => [[{}, value ?? null]]
  gauge('jobs_waiting', 'Jobs that wait, also those that are not due yet.', depth(queue?.waiting))
  gauge(
    'jobs_oldest_waiting_seconds',
    'How long the one that was posted first has waited, of those that nobody tried yet.',
    depth(queue?.oldestWaitingSeconds),
  )
  gauge('jobs_running', 'Jobs in work.', depth(queue?.running))
  gauge('results_unread', 'Results in Storage whose nodes wait until they are read.', depth(queue?.unread))
  gauge('results_oldest_unread_seconds', 'How long the oldest of them lies there.', depth(queue?.oldestUnreadSeconds))
  if (queue !== null) {
    const name = 'oblivion_jobs_failed_total'
    const help = 'Jobs that failed for good, by type.'
    const failed = new Counter({ name, help, labelNames: ['type'], registers: [registry] })
    for (const [type, count] of Object.entries(queue.failed)) failed.inc({ type }, count)
    gauge('attempts_lately', 'Attempts that ended within 15 minutes: with a result; or failed, refused or lost.', [
      [{ outcome: 'accepted' }, queue.lately.accepted],
      [{ outcome: 'failed' }, queue.lately.failed],
    ])
  }
  gauge(
    'alarm',
    'Alarms that stand.',
    alarms.map(({ code }) => [{ code }, 1]),
  )
  return { type: registry.contentType, text: await registry.metrics() }
}
