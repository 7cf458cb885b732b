// Builds dist/: the server by tsc, the Redis scripts beside it, the page's script by esbuild.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const root = dirname(import.meta.dirname)
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'deploy/tsconfig.build.json')], { stdio: 'inherit' })

for (const script of globSync('**/*.lua', { cwd: join(root, 'src') })) {
  mkdirSync(dirname(join(dist, script)), { recursive: true })
  cpSync(join(root, 'src', script), join(dist, script))
}

const page = join(root, 'src/page')
if (existsSync(join(page, 'main.ts'))) {
  await build({
    entryPoints: [join(page, 'main.ts')],
    outfile: join(dist, 'public/page.js'),
    bundle: true,
    minify: true,
    sourcemap: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
  for (const asset of globSync('*.{html,css,svg}', { cwd: page })) cpSync(join(page, asset), join(dist, 'public', asset))
}
