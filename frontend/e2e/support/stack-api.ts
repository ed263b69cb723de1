import type { Page } from '@playwright/test'

export interface Answer {
  status: number
  body: unknown
}

/** Calls the stack's API as the page's user, from the page, so that it is a call of its own origin. */
export async function call(
  page: Page,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  return page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        ...(body && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
    [method, path, body] as const,
  )
}

/** The items of a list, as far as one page goes. */
export async function listed<Item>(page: Page, path: string): Promise<Item[]> {
  const { body } = await call(page, 'GET', path)
  return (body as { items: Item[] }).items
}
