import { execFileSync } from 'node:child_process'

const databaseUrl = process.env['STACK_DATABASE_URL']
/** Whether alarms can be raised: there is no other way than SQL. */
export const canRaise = databaseUrl !== undefined

interface RaisedAlarm {
  tenant: string
  site: string
  plcId: string
  type: string
  message: string
  severity: 'critical' | 'high' | 'medium' | 'low'
}

/** Answers the rows of a statement, whose `:'name'` stand for values. */
export function sql(statement: string, values: Readonly<Record<string, string>> = {}): string[][] {
  const variables = Object.entries(values).map(([name, value]) => `--set=${name}=${value}`)
  const answer = execFileSync(
    'psql',
    [
      databaseUrl ?? '',
      '--no-psqlrc',
      '--quiet',
      '--csv',
      '--tuples-only',
      '--set=ON_ERROR_STOP=1',
      ...variables,
    ],
    { input: statement, encoding: 'utf8' },
  )
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(','))
}

/** The PLCs of the stack, as `[tenant, plant, PLC]`. */
export function plcs(): string[][] {
  return sql(
    `select t.code, p.code, c.plc_id
     from plcs c join plants p on p.id = c.plant_id join tenants t on t.id = p.tenant_id
     order by 1, 2, 3`,
  )
}

export function raise(alarm: RaisedAlarm): void {
  sql(
    `insert into alarms (plc_id, type, message, severity)
     select c.id, :'type', :'message', :'severity'
     from plcs c join plants p on p.id = c.plant_id join tenants t on t.id = p.tenant_id
     where t.code = :'tenant' and p.code = :'site' and c.plc_id = :'plcId';`,
    { ...alarm },
  )
}

export function removeAlarms(type: string): void {
  sql(`delete from alarms where type = :'type';`, { type })
}
