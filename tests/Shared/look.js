// What a person with another eye, hand or screen would trip over in a page. Returns one line for each.
(() => {
  const found = [];
  const name = (element) =>
    `<${element.localName} class="${element.getAttribute('class') ?? ''}"> ${element.textContent.trim().slice(0, 30)}`;
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 0 && getComputedStyle(element).visibility !== 'hidden';
  };

  // No horizontal scrolling.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    found.push(`scrolls to ${root.scrollWidth} of ${root.clientWidth}: ${wide.slice(0, 3).map(name).join(' | ')}`);
  }

  // Contrast of text, WCAG 2.2: 4.5, or 3 for large text.
  const parse = (color) => (color.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!hasText || !seen(element) || element.closest('svg')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(parse(style.color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);

    // Text is broken between words, or within one that is longer than its line.
    for (const node of element.childNodes) {
      if (node.nodeType !== 3) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
      const text = node.textContent.trim();
      if (lines > text.split(/[\s-]+/).length + text.length / 8 + 1) found.push(`a few letters a line: ${name(element)}`);
    }
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  }

  // Targets of 44 pixels, but for links within a sentence.
  for (const element of document.querySelectorAll('a, button, input:not([type=hidden]), summary')) {
    if (!seen(element) || element.closest('p:not(.bar)')) continue;
    const box = element.getBoundingClientRect();
    if (box.height < 43.5) found.push(`target of ${box.width.toFixed()} × ${box.height.toFixed()}: ${name(element)}`);
  }

  // Landmarks, headings, labels.
  if (document.querySelectorAll('h1').length !== 1) found.push(`${document.querySelectorAll('h1').length} h1`);
  if (document.querySelectorAll('main').length !== 1) found.push('no main');
  if (!document.documentElement.lang) found.push('no lang');
  for (const input of document.querySelectorAll('input:not([type=hidden])')) {
    if (!input.labels.length) found.push(`no label: ${input.name}`);
  }
  for (const head of document.querySelectorAll('th')) {
    if (!head.scope) found.push(`no scope: ${name(head)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  if (new Set(ids).size !== ids.length) found.push(`an id twice: ${ids}`);
  return found;
})()
