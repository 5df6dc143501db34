/** What a node asks for and can do, said in the same words by every command that registers one. */
export const nodeArgs = {
  'price-per-hour': {
    type: 'string',
    description: 'What each node asks per hour, in USDC: its rate for metered tasks (PRICE_PER_HOUR)',
    valueHint: 'USDC',
  },
  capability: {
    type: 'string',
    description: 'What each node can do by your word, such as gpu; again for each (CAPABILITIES)',
    valueHint: 'name',
  },
} as const
