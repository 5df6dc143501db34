// `node packages/contracts/foundry/main.ts <forge arguments>`: forge with its true exit code.
import { launchForge } from './launchForge.ts'

const { exitCode } = await launchForge({ args: process.argv.slice(2), echo: true })
process.exitCode = exitCode
