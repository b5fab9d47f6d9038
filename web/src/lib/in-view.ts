/** What a person has really had before the eyes: on a screen that shows, for a moment. */

/**
 * Calls `then` with each element that stood in view for `ms` while the tab was visible,
 * once. What the box for replies covers does not count. Returns how to stop.
 */
export function whenInView(elements: Iterable<Element>, ms: number, then: (element: Element) => void): () => void {
  const inView = new Set<Element>();
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  const covered = document.querySelector<HTMLElement>('.dock')?.offsetHeight ?? 0;
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inView.add(target);
        else inView.delete(target);
      }
      count();
    },
    { rootMargin: `0px 0px -${covered}px` },
  );

  function count(): void {
    const visible = document.visibilityState === 'visible';
    for (const [element, timer] of timers) {
      if (visible && inView.has(element)) continue;
      clearTimeout(timer);
      timers.delete(element);
    }
    if (!visible) return;
    for (const element of inView) {
      if (!timers.has(element)) timers.set(element, setTimeout(() => seen(element), ms));
    }
  }

  function seen(element: Element): void {
    watch.unobserve(element);
    inView.delete(element);
    timers.delete(element);
    then(element);
  }

  for (const element of elements) watch.observe(element);
  document.addEventListener('visibilitychange', count);
  return () => {
    watch.disconnect();
    document.removeEventListener('visibilitychange', count);
    timers.forEach(clearTimeout);
  };
}
