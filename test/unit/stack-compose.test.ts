import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FILES, schema } from '../../src/config/schema.ts'

const root = join(import.meta.dirname, '../..')
const composeFile = join(root, 'docker-compose.yml')
const COMMANDS = [['docker-compose'], ['docker', 'compose']]
const command = COMMANDS.find(([program = '', ...rest]) => spawnSync(program, [...rest, 'version']).status === 0)

test.skipIf(command === undefined)('[R3] docker compose accepts docker-compose.yml, also with settings given', () => {
  const [program = '', ...rest] = command ?? []
  const config = (env: NodeJS.ProcessEnv, ...more: string[]) =>
    execFileSync(program, [...rest, '-f', composeFile, ...more, 'config'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    })
  expect(config({})).toMatch(/published: "?8080"?/)
  expect(config({ PORT: '9000', SESSION_TTL: '60' })).toMatch(/published: "?9000"?/)
  expect(config({}, '-f', join(root, 'examples/compose/llama.yml'))).toContain('OPENAI_BASE_URL: http://llama:8080/v1')
})

test('[R3] nginx.conf has no variable that docker-compose.yml does not give it', () => {
  const compose = readFileSync(composeFile, 'utf8')
  const variables = new Set(readFileSync(join(root, 'nginx.conf'), 'utf8').match(/\$\{\w+\}/g))
  expect(variables.size).toBe(4)
  for (const variable of variables) expect(compose).toContain(` ${variable.slice(2, -1)}: `)
})

test('[R4][R6] every setting can be given to the containers, but for those that they decide themselves', () => {
  const compose = readFileSync(composeFile, 'utf8')
  const ours = new Set(['PORT', 'HOST', 'REPLICA_ID', 'DEMO', 'DATA_DIR', 'POLLING', 'STORE'])
  const names = [...Object.keys(schema.shape), ...FILES].filter((name) => !ours.has(name))
  expect(names.filter((name) => !new RegExp(`^    ${name}:`, 'm').test(compose))).toEqual([])
})

test('[R3] no limit is set that a machine may not allow: that would fail the start', () => {
  expect(readFileSync(composeFile, 'utf8')).not.toContain('ulimits')
})

test('[W5] nothing in containers is a demonstration, and only nginx can be reached', () => {
  const compose = readFileSync(composeFile, 'utf8')
  expect(compose).not.toMatch(/\bDEMO\b/)
  expect(compose.match(/^ +ports:/gm)).toHaveLength(1)
})
