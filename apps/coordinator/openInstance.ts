// Tells the ledger of a deployed contract: `DATABASE_URL=... node apps/coordinator/openInstance.ts <record.json>`,
// with the record that packages/contracts/deploy.ts has written. The same record again changes nothing; another one
// closes the instance before it.
import { readFile } from 'node:fs/promises'
import { requireVariable } from '@oblivion/core'
import { getAddress, type Hash } from 'viem'
import { z } from 'zod'
import { createEngine } from './src/database/createEngine.ts'
import { openInstance } from './src/database/ledger.ts'
import { watchPart } from './src/health/watchPart.ts'

const record = z.object({
  chainId: z.number().int().positive(),
  settlement: z.string().transform((text) => getAddress(text)),
  token: z.string().transform((text) => getAddress(text)),
  genesisHash: z.string().transform((text) => text as Hash),
  blockNumber: z.string().transform(BigInt),
})

const file = process.argv[2]
if (file === undefined) {
  process.stderr.write('Name the record of the deployment: packages/contracts/deployments/<chain id>.json\n')
  process.exit(2)
}
const { chainId, settlement, token, genesisHash, blockNumber } = record.parse(JSON.parse(await readFile(file, 'utf8')))
const watch = watchPart({ part: 'database', now: Date.now, onChange: () => undefined })
const engine = createEngine({ databaseUrl: requireVariable(process.env, 'DATABASE_URL'), watch })
try {
  const instanceId = await openInstance(engine, { chainId, contract: settlement, token, genesisHash, blockNumber })
  process.stdout.write(`Settlement instance ${instanceId}: ${settlement} on chain ${chainId}.\n`)
} finally {
  await engine.close()
}
