/** Header templates as the SDK's build writes them: values with `{api}`, `{bridge}`, `{sandbox}` and `{dapp}`. */
export type HeaderTemplates = Record<'bridge' | 'sandbox' | 'embed' | 'embedSandbox' | 'script', Record<string, string>>

export type PageOrigins = { api: string; bridge: string; sandbox: string; dapp: string }

/** Puts this stack's origins into one set of templates. */
export const fillHeaders = (
  templates: Readonly<Record<string, string>>,
  origins: PageOrigins,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [
      name.toLowerCase(),
      template.replace(/\{(api|bridge|sandbox|dapp)\}/g, (_, key: keyof PageOrigins) => origins[key]),
    ]),
  )
