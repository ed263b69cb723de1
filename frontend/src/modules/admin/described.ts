/** One field of something, in the words of the page. */
export interface Described {
  label: string
  text: string
}
