/** First match wins: nearly every browser also says that it is Chrome or Safari. */
const BROWSERS = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/.*\bSafari\//],
] as const

const SYSTEMS = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const

/**
 * Browser and system in the words of people, enough to tell one's tablet from the office machine; a
 * program by the name it gives itself. `null` for something that says nothing.
 */
export function describeUserAgent(userAgent: string | null): string | null {
  const text = userAgent?.trim() ?? ''
  const known = [BROWSERS, SYSTEMS].flatMap(
    (names) => names.find(([, pattern]) => pattern.test(text))?.[0] ?? [],
  )
  if (known.length > 0) return known.join(' · ')
  return /^[\w.-]+/.exec(text)?.[0] ?? null
}
