/** Tells the page around the frame how high the content is, so that nobody scrolls inside of it. */
export function reportHeight(element: HTMLElement, host: string | undefined): void {
  if (host === undefined || parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // The browser drops it unless the page around us is the one that asked for the frame.
    parent.postMessage({ courtsideHeight: height }, host);
  }).observe(element);
}
