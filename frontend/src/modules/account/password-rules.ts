/** The server's rules, so far as a page can check them; it knows the common passwords as well. */
const SHORTEST = 12
const LONGEST = 128

export const PASSWORD_FAULT = { short: 'short', long: 'long', email: 'email' } as const
export type PasswordFault = (typeof PASSWORD_FAULT)[keyof typeof PASSWORD_FAULT]

export function passwordFault(password: string, email = ''): PasswordFault | null {
  // Characters as a reader counts them, not the halves of a pair.
  const { length } = [...password]
  if (length < SHORTEST) return PASSWORD_FAULT.short
  if (length > LONGEST) return PASSWORD_FAULT.long
  const isEmail = email !== '' && password.trim().toLowerCase() === email.toLowerCase()
  return isEmail ? PASSWORD_FAULT.email : null
}
