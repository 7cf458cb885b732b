import { expect, test } from 'vitest'
import { originAllowed } from '../../src/access/origin.ts'

test('[X4] only the exact origins that are listed are let in', () => {
  const allowed = originAllowed(['https://a.example', 'http://localhost:5173'])
  expect(allowed('https://a.example')).toBe(true)
  expect(allowed('http://localhost:5173')).toBe(true)
  for (const evil of [
    'http://a.example',
    'https://a.example:8443',
    'https://a.example.evil.example',
    'https://evil.example/https://a.example',
    'https://A.example',
    'null',
    '',
  ]) {
    expect(allowed(evil), evil).toBe(false)
  }
})

test('[X4] a request without Origin comes from no browser and is let in', () => {
  expect(originAllowed(['https://a.example'])(undefined)).toBe(true)
  expect(originAllowed([])(undefined)).toBe(true)
})

test('[X4] * lets in any origin, also null', () => {
  const allowed = originAllowed(['https://a.example', '*'])
  expect(allowed('https://evil.example')).toBe(true)
  expect(allowed('null')).toBe(true)
})

test('[X4] null is let in by * only', () => {
  expect(originAllowed(['null'])('null')).toBe(false)
})
