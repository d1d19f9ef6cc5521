// Puts the theme and the density on the page before anything is painted; a file of its own, because the policy forbids inline scripts.
(() => {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('syncline-appearance') ?? '{}') ?? {};
  } catch {
    // A browser that keeps nothing shows the system's theme.
  }
  const isDark =
    kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  document.documentElement.dataset.density = kept.density === 'compact' ? 'compact' : 'comfortable';
})();
