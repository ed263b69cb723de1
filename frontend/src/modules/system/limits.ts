/** When something is worth a look, and when it is wrong. The page tells these numbers beside what they judge. */

/** From receipt to commit. */
export const LAG_WATCH_MS = 2_000
export const LAG_WRONG_MS = 30_000
/** Gateways say something every minute at the least, if there are any. */
export const SILENCE_WATCH_MS = 2 * 60_000
/** Part of what AWS lets through on a connection. */
export const RATE_WATCH = 0.8
/** Part of the messages the broker may send before one of them is acknowledged. */
export const WINDOW_WATCH = 0.9
/** A window may be full for a moment; it says something when it stays so for as many looks. */
export const WINDOW_LOOKS = 3
/** Part of the disk buffer that is taken. */
export const SPOOL_WATCH = 0.5
export const SPOOL_WRONG = 0.9
/** Whoever replaces files is at it for a moment. */
export const ROTATION_WATCH_MS = 60_000
/** Part of the messages of which something was rejected. */
export const REJECTED_WATCH = 0.05
/** Of so many messages at the least. */
export const REJECTED_AMONG = 100
/** How long ago an error still counts. */
export const ERRORS_MS = 3_600_000
