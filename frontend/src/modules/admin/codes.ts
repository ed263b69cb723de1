/** Codes as topics name them: of tenants, provinces, plants and gateways. */
const CODE = /^[A-Za-z0-9._:-]{1,128}$/

export function isCode(text: string): boolean {
  return CODE.test(text)
}
