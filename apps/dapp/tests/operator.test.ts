import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { AlarmSection } from '../src/features/operator/AlarmSection.tsx'
import { NodesTable } from '../src/features/operator/NodesTable.tsx'
import { NodeView } from '../src/features/operator/NodeView.tsx'
import { nodeFigures, nodeSentence, nodeState, nodesSentence } from '../src/features/operator/nodeWords.ts'
import {
  alarmTitle,
  batchWords,
  haltSentence,
  latenessOf,
  operatorSentence,
  payoutState,
  programName,
  programProblem,
} from '../src/features/operator/operatorWords.ts'
import { readHealth } from '../src/features/operator/readHealth.ts'

const running = { chainId: 31_337, contractAddress: '0xc', haltedReason: null, haltCause: null }
const stopped = { ...running, haltedReason: 'A look.', haltCause: 'operator' as const }
const quiet = { settlement: running, programs: { stopped: [], suspected: [] } }
const alarm = { code: 'relayer_balance', since: '2026-11-24T12:00:00Z', message: 'It holds 0.' }

test.each([
  ['Nothing needs you.', quiet, { alarms: [], down: [] }],
  ['Asking the coordinator.', quiet, undefined],
  ['The coordinator does not answer.', quiet, null],
  ['One alarm stands.', quiet, { alarms: [alarm], down: [] }],
  ['2 alarms stand.', quiet, { alarms: [alarm], down: ['chain' as const] }],
  ['Payouts are stopped.', { ...quiet, settlement: stopped }, { alarms: [alarm], down: [] }],
  [
    'Payouts are about to go on.',
    { ...quiet, settlement: { ...stopped, haltCause: 'lifted' as const } },
    { alarms: [alarm], down: [] },
  ],
  ['No contract is open yet.', { ...quiet, settlement: null }, { alarms: [], down: [] }],
  [
    '1 program to look at.',
    { ...quiet, programs: { stopped: [], suspected: [{ program: 'raytrace', owners: 2, lastAt: '' }] } },
    { alarms: [], down: [] },
  ],
])('%s', (sentence, overview, health) => {
  expect(operatorSentence(overview, health)).toBe(sentence)
})

test('the health report of the coordinator is read, and anything else is none', () => {
  const report = {
    ...{ status: 'degraded', database: { state: 'ok' }, chain: { state: 'down' }, alarms: [alarm] },
    ...{ settlement: { state: 'settling', finalityLag: 3 }, relay: { balanceWei: '5', tries: 0 } },
  }
  expect(readHealth(report)).toEqual({
    ...{ state: 'settling', down: ['chain'], finalityLag: 3, balanceWei: 5n, alarms: [alarm] },
  })
  for (const wrong of [{}, { error: 'x' }, { ...report, alarms: 'none' }, { ...report, settlement: {} }])
    expect(() => readHealth(wrong)).toThrow('no health report')
})

test.each([
  ['Asking the coordinator', undefined, false],
  ['The coordinator does not answer.', undefined, true],
  ['No alarm stands.', { state: 'settling' as const, down: [], finalityLag: 3, balanceWei: 5n, alarms: [] }, false],
])('of the alarms a screen says: %s', (words, health, failed) => {
  const all = ['Asking the coordinator', 'The coordinator does not answer.', 'No alarm stands.']
  const markup = renderToStaticMarkup(createElement(AlarmSection, { health, failed }))
  expect(all.filter((each) => markup.includes(each))).toEqual([words])
})

test('words of alarms, stops, batches, lateness and programs', () => {
  expect(alarmTitle(alarm)).toBe('The relayer runs out of gas money.')
  expect(alarmTitle({ ...alarm, code: 'new_one' })).toBe('Alarm: new_one.')
  expect(haltSentence('books')).toContain('by themselves')
  expect(haltSentence('lifted')).toContain('by themselves')
  expect(haltSentence('settler')).toContain('by themselves')
  expect(
    [null, running, stopped, { ...stopped, haltCause: 'lifted' as const }].map((each) => payoutState(each)),
  ).toEqual([
    { meaning: 'rest', words: 'No contract is open yet.' },
    { meaning: 'work', words: 'Running.' },
    { meaning: 'fail', words: 'Stopped.' },
    { meaning: 'wait', words: 'About to go on.' },
  ])
  expect(haltSentence('operator')).toContain('when an operator resumes them')
  const batch = { nonce: 1, state: 'sending' as const, openedAt: '', tries: 1, transaction: '0x' }
  expect(batchWords({ ...batch, kind: 'settle', charges: 1, payouts: 2 })).toBe(
    'Charges and payouts: 1 customer, 2 providers',
  )
  expect([null, 30, 31, 300].map((seconds) => latenessOf(seconds).words)).toEqual([
    ...['On time', 'On time', 'Late by 31 s', 'Late by 5 min'],
  ])
  const hash = `sha256:${'ab'.repeat(32)}`
  expect([programName('raytrace'), programName(hash)]).toEqual(['raytrace', 'sha256:abababab…abab'])
  expect([programProblem(' raytrace '), programProblem(hash)]).toEqual([null, null])
  for (const wrong of ['', 'Raytrace', 'sha256:ab', `${hash}0`]) expect(programProblem(wrong)).toContain('Enter')
})

const asOf = '2026-11-24T15:00:00Z'
const node = {
  ...{ nodeId: 'n1', hardwareId: 'rack-1', workerType: 'python' as const, online: true, currentJobs: 0, maxJobs: 2 },
  ...{ completedJobs: 0, hasKey: true, lastSeenAt: '2026-11-24T14:59:52Z', registeredAt: asOf, provider: '0xa' },
}
const down = { ...node, online: false, lastSeenAt: '2026-11-24T14:48:00Z' }
const view = {
  ...{ ...node, asOf, pricePerHour: null, capabilities: [], operator: false, established: false, site: null },
  ...{ staleAfterSeconds: 600, jobs: [], lastHour: { attempts: 0, succeeded: 0 }, attempts: [] },
}
const job = { jobId: 'j', taskId: 't', chunkIndex: 2, type: 'raytrace', attempt: 2, startedAt: '2026-11-24T14:59:00Z' }

test('DJ-27: how a node stands, and for how long it is down', () => {
  expect(nodeState(node, asOf)).toEqual({ meaning: 'wait', words: 'Waiting' })
  expect(nodeState({ ...node, currentJobs: 1 }, asOf)).toEqual({ meaning: 'work', words: 'Working' })
  expect(nodeState(down, asOf)).toEqual({ meaning: 'rest', words: 'Down for 12 min' })
  expect(nodeState({ ...down, currentJobs: 1 }, asOf)).toEqual({ meaning: 'fail', words: 'Down for 12 min' })
  expect(nodeState({ ...down, hasKey: false }, asOf)).toEqual({ meaning: 'rest', words: 'Without a key' })
  expect(nodesSentence({ asOf, nodes: [] })).toBe('No node has called in yet.')
  expect(nodesSentence({ asOf, nodes: [node] })).toBe('1 node is up, none at work.')
  expect(nodesSentence({ asOf, nodes: [node, { ...node, currentJobs: 2 }, down] })).toBe(
    '2 nodes are up, 1 at work; 1 is down.',
  )
  expect(nodesSentence({ asOf, nodes: [down, down] })).toBe('No node is up; 2 are down.')
  expect(nodeSentence(view)).toBe('Waiting for a job.')
  expect(nodeSentence({ ...view, ...down, currentJobs: 1 })).toBe('Down for 12 min, with 1 job in its hands.')
  const [heartbeat, , done, hour] = nodeFigures(view)
  expect(heartbeat).toMatchObject({ value: '8', unit: 's ago' })
  expect([done?.note, hour?.value]).toEqual(['No result of its was accepted yet.', '–'])
})

test('DJ-27: pages of nodes without any, and of one with what it holds and how its last tries ended', () => {
  expect(renderToStaticMarkup(createElement(NodesTable, { asOf, nodes: [] }))).toContain('Every node will stand here.')
  const bare = renderToStaticMarkup(createElement(NodeView, { node: view }))
  expect(bare).toContain('No attempt ended within the hour.')
  expect(bare).toContain('its owner has proved nothing')
  const busy = renderToStaticMarkup(
    createElement(NodeView, {
      node: {
        ...{ ...view, currentJobs: 1, site: 'A blog', lastHour: { attempts: 60, succeeded: 59 } },
        jobs: [{ ...job, progress: 0.25, leaseExpiresAt: asOf }],
        attempts: [{ ...job, endedAt: asOf, outcome: 'failed' as const, code: 'OB205' }],
      },
    }),
  )
  for (const words of ['aria-valuenow="25"', 'The program threw an error.', '60 s', 'The last 1 of them.', 'A blog'])
    expect(busy).toContain(words)
})
