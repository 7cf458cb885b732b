import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Element } from './element'
import { gateway, page } from './place'
import { UseBaton } from './use-baton'
import { UseChat } from './use-chat'

const root = createRoot(document.getElementById('root') as HTMLElement)
root.render(
  <StrictMode>
    {page === 'use-chat' && <UseChat />}
    {page === 'use-baton' && <UseBaton gateway={gateway} />}
    {page === 'element' && <Element gateway={gateway} />}
  </StrictMode>,
)
