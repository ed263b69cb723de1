import { onScopeDispose, readonly, shallowRef, type ShallowRef } from 'vue'

/** From here twelve columns can be told apart; below it a dashboard is only read. */
const EDITABLE = '(min-width: 48rem)'

export function useIsWide(): Readonly<ShallowRef<boolean>> {
  const query = window.matchMedia(EDITABLE)
  const isWide = shallowRef(query.matches)
  const follow = (): void => {
    isWide.value = query.matches
  }
  query.addEventListener('change', follow)
  onScopeDispose(() => {
    query.removeEventListener('change', follow)
  })
  return readonly(isWide)
}
