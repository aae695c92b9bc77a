/**
 * Free times of a court or club on the club's own site:
 *   <script src="https://…/widget.js" data-club="…" async></script>
 * with `data-court` for a single court, `data-lang="el"` or `"en"` for a language other than the visitor's, and
 * `data-theme="dark"` on a dark site. The frame stands where the script does and grows with its content. This page hears
 * of the frame's height and of nothing else.
 */
(() => {
  const script = document.currentScript;
  const { court, club, lang, theme } = script.dataset;
  if (court === undefined && club === undefined) {
    console.warn('Courtside: the script needs data-court or data-club');
    return;
  }
  const origin = new URL(script.src).origin;
  const address = new URL('/embed.html', origin);
  if (court !== undefined) address.searchParams.set('court', court);
  else address.searchParams.set('club', club);
  if (theme !== undefined) address.searchParams.set('theme', theme);
  if (lang !== undefined) address.searchParams.set('lang', lang);
  // The frame tells its height to this page only.
  address.searchParams.set('host', location.origin);

  const frame = document.createElement('iframe');
  frame.src = address.toString();
  frame.title = (lang ?? document.documentElement.lang).startsWith('el') ? 'Κράτηση γηπέδου' : 'Book a court';
  frame.loading = 'lazy';
  Object.assign(frame.style, { display: 'block', width: '100%', height: '26rem', border: '0' });
  addEventListener('message', (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const height = event.data?.courtsideHeight;
    if (typeof height === 'number' && height > 0 && height < 10_000) {
      frame.style.height = `${Math.ceil(height)}px`;
    }
  });
  script.after(frame);
})();
