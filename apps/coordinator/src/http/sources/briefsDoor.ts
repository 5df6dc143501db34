import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { createBriefWithJob } from '@oblivion/client'
import { answers, json, openDoor } from '../openDoor.ts'
import { by, callerOf } from './callerOf.ts'
import { renameFields } from './renameFields.ts'
import type { SourceAccess } from './SourceAccess.ts'

/*
 * `POST /api/briefs` of supabase-worker, with its fields and what our money needs.
 */

const metadata = z.record(z.string(), z.unknown()).openapi({
  description:
    'text, video_url, image_url or audio_url, media as data: URLs in base64, 64 kB in all; or {"$stored"} as storeInput answers it. An address is refused.',
})
const brief = z
  .object({
    user_id: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/)
      .optional()
      .openapi({ description: 'The caller’s own wallet.' }),
    title: z.string().min(1).max(200),
    description: z.string().max(10_000).optional(),
    query: z.string().min(1).max(10_000),
    media_type: z.enum(['video', 'image', 'audio', 'text']),
    use_pipeline: z.boolean().default(false).openapi({
      description: 'Whether what follows the analysis is wanted too. No job is made that nobody asked for.',
    }),
    metadata: metadata.optional(),
    price_per_job: z
      .string()
      .regex(/^[0-9]{1,13}$/)
      .openapi({ description: 'What each accepted job costs, fee included, in the smallest unit.' }),
    asset: z.enum(['chain', 'card', 'test']).default('chain'),
    acknowledgeVisible: z.literal(true).openapi({
      description: 'Strangers’ machines see the brief in clear: the customer’s word that this is fine.',
    }),
  })
  .openapi('Brief')

const created = z.object({
  brief_id: z.string().openapi({ description: 'A task: GET /api/tasks/{taskId} tells of it.' }),
  job_id: z.string().openapi({ description: 'Of its first stage, the analysis.' }),
  stages: z.array(z.string()).openapi({ description: 'The types of its jobs, each after the one before.' }),
  estimated_cost: z.string(),
})

const create = createRoute({
  ...{ method: 'post', path: '/', tags: ['supabase-worker'], security: by.customer },
  summary: 'Create a brief with its first job',
  request: { body: { ...json(brief), required: true } },
  responses: answers(created, 'The brief, and what it costs if each of its jobs is accepted.'),
})

/** What create_brief calls the fields of the body. */
const names = { customerAddress: 'user_id', mediaType: 'media_type', pricePerJob: 'price_per_job' }

/** `/api/briefs`. */
export function briefsDoor({ project, log }: SourceAccess): OpenAPIHono {
  const door = openDoor({ log, failure: 'a call about briefs failed', maxBodyBytes: 262_144 })
  door.openapi(create, async (context) => {
    const { price_per_job, ...body } = context.req.valid('json')
    const order = { ...body, price_per_job: BigInt(price_per_job) }
    const { brief_id, job_id, stages, estimate } = await createBriefWithJob(callerOf(project, context), order).catch(
      renameFields(names),
    )
    return context.json({ brief_id, job_id, stages: [...stages], estimated_cost: String(estimate.cost) }, 200)
  })
  return door
}
