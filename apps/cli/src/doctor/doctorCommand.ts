import { readVariable } from '@oblivion/core'
import { defineCommand } from 'citty'
import { examine } from './examine.ts'
import { showExamination } from './showExamination.ts'
import { showVariables } from './showVariables.ts'

export const doctorCommand = defineCommand({
  meta: {
    name: 'doctor',
    description:
      'Says which header of a page keeps the worker out, and which line to add; without an address, which variables are set. Exits with 1 where something has to change.',
  },
  args: {
    url: { type: 'positional', required: false, description: 'Address of the page', valueHint: 'https://your.page' },
    bridge: { type: 'string', description: 'Origin of the worker’s frame, where the HTML does not show it' },
    'site-key': { type: 'string', description: 'The site’s public key, where the HTML does not show it' },
    browser: {
      type: 'boolean',
      default: true,
      description: 'Look in Chromium too, where there is one (CHROMIUM_PATH)',
    },
    json: { type: 'boolean', default: false, description: 'Everything as one JSON value' },
  },
  run: async ({ args }) => {
    if (args.url === undefined) {
      process.stdout.write(showVariables(process.env, args.json))
      return
    }
    const examination = await examine(args.url, {
      bridgeUrl: args.bridge ?? null,
      siteKey: args['site-key'] ?? null,
      chromium: args.browser ? readVariable(process.env, 'CHROMIUM_PATH') : null,
    })
    process.stdout.write(args.json ? `${JSON.stringify(examination, null, 2)}\n` : showExamination(examination))
    if (examination.findings.some(({ verdict }) => verdict === 'change')) process.exitCode = 1
  },
})
