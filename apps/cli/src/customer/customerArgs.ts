/** What every command of a customer's takes. */
export const customerArgs = {
  'api-key': {
    type: 'string',
    description: 'An API key of the wallet, in place of OBLIVION_API_KEY; seen in `ps` and kept in the shell’s history',
    valueHint: 'key',
  },
  dev: { type: 'boolean', default: false, description: 'Use the local stack, and without a key a development wallet' },
  account: { type: 'string', default: '0', description: 'Which development wallet, from 0' },
  json: { type: 'boolean', default: false, description: 'Answer in JSON, errors too' },
} as const
