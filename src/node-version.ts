import packageJson from '../package.json' with { type: 'json' }

/** Ends the process with a sentence where Node.js is too old. To be called before anything is loaded that it would not know. */
export function requireNode(): void {
  const oldest = Number(packageJson.engines.node.slice('>='.length))
  if (Number.parseInt(process.versions.node, 10) >= oldest) return
  console.error(`baton: this is Node.js ${process.versions.node}; ${oldest} or newer is needed`)
  process.exit(1)
}
