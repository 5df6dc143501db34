import type { OperatorOverview } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readNames } from '../answers/readNames.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * How the whole stands, for a wallet that is an operator.
 *
 * @throws {NotSignedInError} `OB001`, {ForbiddenError} `OB018` for anybody else, and what `Client.call` throws.
 */
export const operatorOverview = async (client: Client, options: CallOptions = {}): Promise<OperatorOverview> => {
  const call = 'operator_overview'
  const all = fieldsOf(call, await client.call(call, {}, options))
  const [cards, queue, lateness] = [all.object('cards'), all.object('queue'), all.object('lateness')]
  const [programs, settings] = [all.object('programs'), all.object('settings')]
  return {
    asOf: all.text('asOf'),
    settlement: all.orNull('settlement', (name) => {
      const settlement = all.object(name)
      return {
        chainId: settlement.number('chainId'),
        contractAddress: settlement.text('contractAddress'),
        haltedReason: settlement.orNull('haltedReason', settlement.text),
        haltCause: settlement.orNull('haltCause', (cause) =>
          settlement.oneOf(cause, ['books', 'chain', 'settler', 'operator', 'lifted']),
        ),
      }
    }),
    payoutsDue: all.orNull('payoutsDue', all.number) ?? 0,
    batches: all.list('batches', (batch) => ({
      nonce: batch.number('nonce'),
      kind: batch.oneOf('kind', ['charge', 'claim', 'settle']),
      state: batch.oneOf('state', ['sending', 'mined']),
      charges: batch.number('charges'),
      payouts: batch.number('payouts'),
      openedAt: batch.text('openedAt'),
      tries: batch.number('tries'),
      transaction: batch.text('transaction'),
    })),
    cards: {
      payer: cards.orNull('payer', cards.text),
      windowSeconds: cards.number('windowSeconds'),
      paidIn: cards.amount('paidIn'),
      returned: cards.amount('returned'),
      returning: cards.amount('returning'),
      badDebt: cards.amount('badDebt'),
      disputes: cards.list('disputes', (dispute) => ({
        disputeId: dispute.text('disputeId'),
        customer: dispute.text('customer'),
        amount: dispute.amount('amount'),
        covered: dispute.amount('covered'),
        state: dispute.oneOf('state', ['open', 'lost']),
        liftedAt: dispute.orNull('liftedAt', dispute.text),
        openedAt: dispute.text('openedAt'),
      })),
    },
    queue: {
      pending: queue.number('pending'),
      processing: queue.number('processing'),
      oldestSeconds: queue.orNull('oldestSeconds', queue.number),
      planning: queue.number('planning'),
    },
    lateness: {
      leaseSeconds: lateness.orNull('leaseSeconds', lateness.number),
      figuresSeconds: lateness.number('figuresSeconds'),
      scheduleSeconds: lateness.orNull('scheduleSeconds', lateness.number),
      deliverySeconds: lateness.orNull('deliverySeconds', lateness.number),
    },
    nodes: all.list('nodes', (nodes) => ({
      workerType: nodes.oneOf('workerType', ['browser', 'server', 'python']),
      working: nodes.number('working'),
      waiting: nodes.number('waiting'),
      gone: nodes.number('gone'),
    })),
    programs: {
      stopped: programs.list('stopped', (program) => ({
        program: program.text('program'),
        reason: program.text('reason'),
        stoppedAt: program.text('stoppedAt'),
        tasks: program.number('tasks'),
      })),
      suspected: programs.list('suspected', (program) => ({
        program: program.text('program'),
        owners: program.number('owners'),
        lastAt: program.text('lastAt'),
      })),
    },
    sites: all.list('sites', (site) => ({
      siteId: site.text('siteId'),
      name: site.text('name'),
      origins: readNames(site, 'origins'),
      reason: site.text('reason'),
    })),
    settings: {
      feeBps: settings.number('feeBps'),
      minPricePerChunk: settings.amount('minPricePerChunk'),
      defaultPricePerHour: settings.amount('defaultPricePerHour'),
      sandbox: settings.flag('sandbox'),
      maxJobs: settings.number('maxJobs'),
      provenAfter: settings.number('provenAfter'),
      quarantineAfter: settings.number('quarantineAfter'),
      queueOldAfterSeconds: settings.orNull('queueOldAfterSeconds', settings.number),
      failingShare: settings.orNull('failingShare', settings.number),
      staleAfterSeconds: settings.number('staleAfterSeconds'),
      staleAfterBrowserSeconds: settings.number('staleAfterBrowserSeconds'),
      defaultTimeoutSeconds: settings.number('defaultTimeoutSeconds'),
      historyDays: settings.orNull('historyDays', settings.number),
    },
    actions: all.list('actions', (action) => ({
      operator: action.text('operator'),
      action: action.oneOf('action', ['halt', 'resume', 'stop_program', 'allow_program']),
      subject: action.text('subject'),
      reason: action.orNull('reason', action.text),
      at: action.text('at'),
    })),
  }
}
