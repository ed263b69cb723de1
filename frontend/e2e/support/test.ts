import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test as base, type Page } from '@playwright/test'
import type { Result } from 'axe-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Fixtures {
  /** What the page complained about; a test that expects complaints empties it. */
  complaints: string[]
}

/** Every test fails on a console error: a violated Content-Security-Policy is one. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
})

/** Leaves out complaints that a test expects: the browser itself reports each refused call. */
export function forgive(complaints: string[], pattern: RegExp): void {
  complaints.splice(0, Infinity, ...complaints.filter((text) => !pattern.test(text)))
}

export async function choose(page: Page, theme: string, language: string): Promise<void> {
  await page.addInitScript(
    ([chosenTheme, chosenLanguage]) => {
      localStorage.setItem('vigia.theme', chosenTheme)
      localStorage.setItem('vigia.language', chosenLanguage)
    },
    [theme, language] as const,
  )
}

/** Logs in to a running stack, as whom the environment names if nobody else is meant. */
export async function logIn(
  page: Page,
  email = process.env['STACK_EMAIL'],
  password = process.env['STACK_PASSWORD'],
): Promise<void> {
  if (email === undefined || password === undefined) {
    throw new Error('STACK_EMAIL and STACK_PASSWORD must name a user of the stack')
  }
  await page.goto('/login')
  await page.locator('[name=email]').fill(email)
  await page.locator('[name=password]').fill(password)
  await page.locator('[data-test=login] [type=submit]').click()
  await page.locator('[data-test=user]').waitFor()
}

/** Accessibility findings, each in one line. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Result[] }> } }
    return (await axe.run()).violations
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** What runs over the edge of its box, or is cut, in the tiles and lists on the page. */
export async function cutContent(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const nameOf = (element: Element): string =>
      `${element.closest('[data-plc]')?.getAttribute('data-plc') ?? ''} ${
        element.closest('[data-metric]')?.getAttribute('data-metric') ?? ''
      } "${element.textContent.trim().slice(0, 40)}"`
    for (const box of document.querySelectorAll('[data-plc], [data-metric]')) {
      if (box.scrollWidth > box.clientWidth) found.push(`over the edge: ${nameOf(box)}`)
    }
    for (const row of document.querySelectorAll('[data-metric]')) {
      const { left, right } = row.getBoundingClientRect()
      for (const part of row.querySelectorAll('[data-part]')) {
        const box = part.getBoundingClientRect()
        const isOutside = box.left < left - 0.5 || box.right > right + 0.5
        if (isOutside) found.push(`outside its row: ${nameOf(part)}`)
        const isNumber = /^-?\d/.test(part.textContent.trim())
        const mayBeCut = part.getAttribute('data-part') === 'unit' || !isNumber
        if (
          !mayBeCut &&
          part.scrollWidth > part.clientWidth &&
          getComputedStyle(part).display !== 'inline'
        )
          found.push(`cut: ${nameOf(part)}`)
      }
      const parts = [...row.querySelectorAll('[data-part]')].filter(
        (part) => part.textContent.trim() !== '',
      )
      const boxes = parts.map((part) => part.getBoundingClientRect())
      const isOverlapped = boxes.some((a, index) =>
        boxes
          .slice(index + 1)
          .some(
            (b) =>
              Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
              Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1,
          ),
      )
      if (isOverlapped) found.push(`one over the other: ${nameOf(row)}`)
    }
    return found
  })
}
