import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ConfigContext } from './features/shell/ConfigContext.tsx'
import { ConfigFailed } from './features/shell/ConfigFailed.tsx'
import { loadConfig } from './features/shell/config.ts'
import { router } from './router.tsx'
import './styles/app.css'

const container = document.getElementById('root')
if (!container) throw new Error('index.html has no #root')
const root = createRoot(container)

// A failed read is shown with its age and tried again by the next poll, not by hidden retries.
// What is pressed is tried at once, without a connection too: kept for later it would leave its button busy without a word,
// and be done when nobody expects it any more.
const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 1000 }, mutations: { networkMode: 'always' } },
})

loadConfig().then(
  (config) =>
    root.render(
      <StrictMode>
        <ConfigContext value={config}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ConfigContext>
      </StrictMode>,
    ),
  (error: unknown) => root.render(<ConfigFailed reason={error instanceof Error ? error.message : String(error)} />),
)
