import { expect, test } from 'vitest'
import { welcome } from './welcome.ts'

const place = {
  origin: 'http://localhost:4400',
  host: '127.0.0.1',
  home: '/home/ada/.pet',
  demo: true,
}

test('the demo names its people, and warns when other machines are let in', () => {
  expect(welcome(place)).toContain('Sofia Marsh')
  expect(welcome(place)).not.toContain('Careful')
  expect(welcome({ ...place, host: '0.0.0.0' })).toContain('Careful')
})

test('without the demo there is nobody to sign in as, and nothing to warn of', () => {
  const text = welcome({ ...place, host: '0.0.0.0', demo: false })
  expect(text).toContain('PET runs at http://localhost:4400')
  expect(text).not.toMatch(/Sofia|Careful/)
})
