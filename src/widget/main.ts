/** `/widget.js`: the elements, and the launcher where the script's element asks for it (W1). */
import './index.ts'
import { scriptSays } from './script.ts'

export * from './index.ts'

function launch(): void {
  if (document.querySelector('baton-launcher') === null) document.body.append(document.createElement('baton-launcher'))
}

if (scriptSays('launcher') !== null) {
  if (document.body !== null) launch()
  else document.addEventListener('DOMContentLoaded', launch)
}
