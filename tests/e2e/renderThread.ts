import { parentPort, workerData } from 'node:worker_threads'
import { runProgram } from '@oblivion/programs'

const tiles: unknown[] = []
for (const input of workerData as unknown[]) tiles.push(await runProgram('raytrace', input))
parentPort?.postMessage(tiles)
