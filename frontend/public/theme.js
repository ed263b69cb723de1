// Runs before the first paint so that the page never flashes in the wrong theme. It is a file and
// not an inline script because the Content-Security-Policy allows no inline script.
;(function () {
  var theme = null
  var language = null
  try {
    theme = localStorage.getItem('vigia.theme')
    language = localStorage.getItem('vigia.language')
  } catch {
    // Storage may be blocked; the defaults below still apply.
  }
  if (theme !== 'dark' && theme !== 'light') {
    theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
  }
  document.documentElement.dataset.theme = theme
  document.documentElement.lang = language === 'en' ? 'en-GB' : 'es-AR'
})()
