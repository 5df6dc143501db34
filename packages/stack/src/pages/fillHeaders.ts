/** Header templates as the SDK's build writes them: values with the names of {@link PageOrigins} in braces. */
export type HeaderTemplates = Record<
  'dapp' | 'bridge' | 'sandbox' | 'embed' | 'embedSandbox' | 'script',
  Record<string, string>
>

/** What pages may reach, by origin. */
export type PageOrigins = Record<
  'api' | 'realtime' | 'coordinator' | 'rpc' | 'bridge' | 'sandbox' | 'dapp' | 'demo',
  string
>

/** Puts this stack's origins into one set of templates. */
export const fillHeaders = (
  templates: Readonly<Record<string, string>>,
  origins: PageOrigins,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [
      name.toLowerCase(),
      template.replace(/\{(\w+)\}/g, (whole, key: string) => origins[key as keyof PageOrigins] ?? whole),
    ]),
  )
