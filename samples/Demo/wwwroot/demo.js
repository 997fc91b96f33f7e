// Adds to the pages what HTML cannot do. They work without it, one click at a time.

// Two tabs: sends clicks at once, in all tabs that show the page.
const burst = document.querySelector('#burst');
if (burst) {
  const size = 20;
  const tabs = new BroadcastChannel('burst');
  const status = document.querySelector('#burst-status');

  const click = async () => {
    const response = await fetch('/tabs/click', { method: 'POST' });
    return response.ok ? response.json() : Promise.reject(new Error(`status ${response.status}`));
  };

  const showNumbers = (selector, numbers) => {
    const spans = numbers.sort((a, b) => a - b).map((number, i) => {
      const span = document.createElement('span');
      span.textContent = number;
      span.classList.toggle('twice', number === numbers[i - 1] || number === numbers[i + 1]);
      return span;
    });
    document.querySelector(selector).replaceChildren(...spans);
  };

  // The counts as the server renders them, and the sentence about them.
  const refresh = async () => {
    const response = await fetch('/tabs');
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const selector of ['#counts', '#lost']) {
      const fresh = page.querySelector(selector);
      if (fresh) document.querySelector(selector).replaceWith(fresh);
    }
  };

  const run = async () => {
    if (burst.disabled) return;
    burst.disabled = true;
    status.classList.remove('failed');
    status.textContent = `Sending ${size} clicks …`;
    const results = await Promise.allSettled(Array.from({ length: size }, click));
    const arrived = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    const failure = results.find((result) => result.status === 'rejected');
    const distinct = new Set(arrived.map((numbers) => numbers.clicks)).size;
    status.textContent = failure
      ? `${arrived.length} of ${size} clicks were counted, the others failed: ${failure.reason.message}. Load the page again.`
      : `All ${size} clicks of this tab have arrived, and UpdateAsync gave ${distinct} different numbers.`;
    status.classList.toggle('failed', failure !== undefined);
    showNumbers('#numbers-clicks', arrived.map((numbers) => numbers.clicks));
    showNumbers('#numbers-set', arrived.map((numbers) => numbers.bySet));
    document.querySelector('#burst-numbers').hidden = arrived.length === 0;
    await refresh();
    burst.disabled = false;
  };

  burst.hidden = false;
  tabs.addEventListener('message', run);
  burst.addEventListener('click', () => {
    tabs.postMessage('');
    run();
  });

  // What the other tab has clicked in the meantime.
  document.addEventListener('visibilitychange', () => document.hidden || burst.disabled || refresh());
}

// The slow request: counts down while the browser waits for the response.
const slow = document.querySelector('form[data-seconds]');
slow?.addEventListener('submit', () => {
  const end = performance.now() + slow.dataset.seconds * 1000;
  const status = document.querySelector('#slow-status');
  slow.querySelector('button').disabled = true;
  const show = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    status.textContent = left > 0 ? `Under way: ${left} s. Sign out in the first tab now.` : 'Saving …';
  };
  show();
  setInterval(show, 200);
});
