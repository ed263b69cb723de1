import { fetchMessages } from '@/core/i18n/base-messages'

// A component under test is mounted at once, in whichever language.
await Promise.all(['es', 'en'].map(fetchMessages))
