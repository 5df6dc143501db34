import type { Site, SiteSettings } from '@oblivion/core'
import { builtinPrograms, isBuiltinName } from '@oblivion/programs'

/** A site as it stands in a form: texts, as they were typed. Of lists one a line, of shares percent. */
export type SiteForm = { [Field in keyof SiteSettings]: string }

/** What is wrong with which field, in the words that stand below it. */
export type SiteProblems = { [Field in keyof SiteSettings]?: string }

/** What a form says; null where something in it is wrong. */
export type SitePlan = { settings: SiteSettings | null; problems: SiteProblems }

/** What the server takes for a site that says nothing of a field, but for the share: half each is fair. */
export const emptySite: SiteForm = {
  name: '',
  origins: '',
  programs: 'raytrace',
  ownerBps: '50',
  maxCpuPercent: '50',
  maxVisitors: '5000',
  registrationsPerHour: '600',
}

export const formOf = (site: SiteSettings): SiteForm => ({
  name: site.name,
  origins: site.origins.join('\n'),
  programs: site.programs.join('\n'),
  ownerBps: String(site.ownerBps / 100),
  maxCpuPercent: String(site.maxCpuPercent),
  maxVisitors: String(site.maxVisitors),
  registrationsPerHour: String(site.registrationsPerHour),
})

/**
 * Reads a form. The server's own rules, so that what is wrong is said before anything is sent.
 *
 * @param known Programs that the site has by now: what was built in or reviewed then is no mistake of whoever changes another
 *   field.
 */
export function planSite(form: SiteForm, known: readonly string[] = []): SitePlan {
  const read: { [Field in keyof SiteSettings]: Read<SiteSettings[Field]> } = {
    name: {
      value: form.name.trim(),
      problem: form.name.trim() === '' ? 'Enter a name: visitors read it in the question.' : null,
    },
    origins: readList(lines(form.origins).map(readOrigin), 20, 'address'),
    programs: readList(
      lines(form.programs).map((name) => (known.includes(name) ? { value: name, problem: null } : readProgram(name))),
      50,
      'program',
    ),
    ownerBps: readShare(form.ownerBps),
    maxCpuPercent: readCount(form.maxCpuPercent, 5, 100),
    maxVisitors: readCount(form.maxVisitors, 1, 100_000),
    registrationsPerHour: readCount(form.registrationsPerHour, 1, 100_000),
  }
  const wrong = Object.entries(read).flatMap(([field, { problem }]) => (problem === null ? [] : [[field, problem]]))
  if (wrong.length > 0) return { settings: null, problems: Object.fromEntries(wrong) }
  return {
    settings: {
      name: read.name.value,
      origins: read.origins.value,
      programs: read.programs.value,
      ownerBps: read.ownerBps.value,
      maxCpuPercent: read.maxCpuPercent.value,
      maxVisitors: read.maxVisitors.value,
      registrationsPerHour: read.registrationsPerHour.value,
    },
    problems: {},
  }
}

/** Which fields differ from the site as it is: others of it may have been changed meanwhile, and stay. */
export function changesOf(site: Site, settings: SiteSettings): Partial<SiteSettings> {
  const kept = (field: keyof SiteSettings) => canonical(site[field]) === canonical(settings[field])
  const fields = Object.keys(settings) as (keyof SiteSettings)[]
  return Object.fromEntries(fields.filter((field) => !kept(field)).map((field) => [field, settings[field]]))
}

/** A list means the same in any order. */
const canonical = (value: SiteSettings[keyof SiteSettings]): string =>
  JSON.stringify(typeof value === 'object' ? [...value].sort() : value)

/** The origins that a text names, as browsers write them; what is none is left out. */
export const originsOf = (text: string): string[] =>
  unique(
    lines(text)
      .map(readOrigin)
      .flatMap(({ value, problem }) => (problem === null ? [value] : [])),
  )

/** What a text says; where it has a problem its value is good for nothing. */
type Read<Value> = { value: Value; problem: string | null }

const lines = (text: string): string[] =>
  text
    .split(/[\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
const unique = (texts: readonly string[]): string[] => [...new Set(texts)]

const local = /^(localhost|127\.0\.0\.1)(:\d{1,5})?$/

/** Of an address, with or without its scheme and path. */
function readOrigin(text: string): Read<string> {
  const scheme = local.test(text.split('/', 1)[0] ?? '') ? 'http' : 'https'
  const address = text.includes('://') ? text : `${scheme}://${text}`
  const none = { value: '', problem: `${text} is no address of a site.` }
  if (!URL.canParse(address)) return none
  const { origin, protocol, host } = new URL(address)
  if (protocol === 'http:' && !local.test(host))
    return { value: '', problem: `${origin}: a worker runs on pages by https alone, or on localhost.` }
  return /^https?:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?$/.test(origin) ? { value: origin, problem: null } : none
}

function readProgram(name: string): Read<string> {
  const good = isBuiltinName(name) || /^sha256:[0-9a-f]{64}$/.test(name)
  const builtins = Object.keys(builtinPrograms).join(', ')
  const problem = `${name} is neither built in (${builtins}) nor a program's key, sha256: and 64 figures from 0 to f.`
  return { value: name, problem: good ? null : problem }
}

function readList(items: readonly Read<string>[], most: number, noun: string): Read<string[]> {
  const value = unique(items.map((item) => item.value))
  const problem = items.find((item) => item.problem !== null)?.problem ?? null
  if (items.length === 0) return { value, problem: `Enter one ${noun} at least.` }
  return {
    value,
    problem: problem ?? (value.length > most ? `These are ${value.length}, and ${most} is the most.` : null),
  }
}

function readShare(text: string): Read<number> {
  const percent = /^\d{1,3}(\.\d{1,2})?$/.test(text.trim()) ? Number(text) : Number.NaN
  return percent <= 100
    ? { value: Math.round(percent * 100), problem: null }
    : { value: 0, problem: 'Enter a part from 0 to 100 %, with two decimals at most.' }
}

function readCount(text: string, least: number, most: number): Read<number> {
  const value = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? { value, problem: null }
    : { value: 0, problem: `Enter a whole number from ${least} to ${most.toLocaleString('en-US')}.` }
}
