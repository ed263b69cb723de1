/** The addresses of the pages of a plant and of a gateway; that of a PLC is `plcPath`. */
export function plantPath({ tenant, site }: { tenant: string; site: string }): string {
  return `/plant/${[tenant, site].map(encodeURIComponent).join('/')}`
}

export function gatewayPath(gateway: { tenant: string; site: string; gatewayId: string }): string {
  const { tenant, site, gatewayId } = gateway
  return `/gateway/${[tenant, site, gatewayId].map(encodeURIComponent).join('/')}`
}
