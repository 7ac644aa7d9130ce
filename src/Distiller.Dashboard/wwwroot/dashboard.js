// Draws the charts, keeps running nights up to date, and copies commands. Without it every page still reads.
(() => {
  'use strict';

  // From here on the style sheet leaves room for the charts.
  document.documentElement.dataset.script = 'on';

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // --- Charts: drawn from the table that stands below each.

  const formats = {
    count: v => Math.abs(v) >= 1e6 ? (v / 1e6).toFixed(1) + 'M' : Math.abs(v) >= 1e4 ? Math.round(v / 1e3) + 'k' : v.toLocaleString('en', { maximumFractionDigits: 1 }),
    usd: v => '$' + (Math.abs(v) >= 100 ? Math.round(v) : v.toPrecision(3)),
    nats: v => v.toFixed(2),
  };

  function draw(figure) {
    const place = figure.querySelector('.plot');
    const table = figure.querySelector('table');
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    const isNumber = heads[0].dataset.x === 'number';
    const words = rows.map(r => r.cells[0].textContent);
    const value = cell => cell.dataset.v ? Number(cell.dataset.v) : null;
    const x = isNumber ? words.map(Number) : words.map((_, i) => i);
    const format = formats[figure.dataset.format] || formats.count;
    const axis = { stroke: css('--soft'), grid: { stroke: css('--grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const series = heads.slice(1).map(h => ({
      label: h.textContent,
      stroke: css('--' + h.dataset.colour),
      width: 2,
      spanGaps: true,
      points: { show: rows.length <= 40, size: 6, fill: css('--card') },
      value: (_, v) => v === null ? '–' : format(v),
    }));
    const options = {
      width: place.clientWidth,
      height: 220,
      padding: [12, 22, 0, 4],
      legend: { show: false },
      cursor: { points: { size: 8 }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: (_, low, high) => isNumber ? [low, high] : [low - 0.3, high + 0.3] },
        y: { range: (_, low, high) => figure.dataset.format === 'nats' ? [low - (high - low) * 0.08, high + (high - low) * 0.08] : [0, high * 1.1 || 1] },
      },
      axes: [
        Object.assign({}, axis, { size: 30 }, isNumber ? {} : {
          splits: () => { const every = Math.ceil(x.length / Math.max(2, Math.floor(place.clientWidth / 70))); return x.filter(i => i % every === 0); },
          values: (_, at) => at.map(i => words[i]),
        }),
        Object.assign({}, axis, { size: 56, values: (_, at) => at.map(format) }),
      ],
      series: [{ label: heads[0].textContent }, ...series],
      hooks: { setCursor: [u => tell(u, figure, heads, words, format)] },
    };
    figure.dataset.drawn = place.clientWidth;
    place.replaceChildren();
    new uPlot(options, [x, ...heads.slice(1).map((_, s) => rows.map(r => value(r.cells[s + 1])))], place);
  }

  // What lies under the pointer, in words beside the names.
  function tell(u, figure, heads, words, format) {
    const i = u.cursor.idx;
    figure.querySelectorAll('.legend .key').forEach((key, s) => {
      const v = i === null || i === undefined ? null : u.data[s + 1][i];
      key.textContent = heads[s + 1].textContent + (v === null || v === undefined ? '' : ` ${format(v)} (${words[i]})`);
    });
  }

  const figures = [...document.querySelectorAll('[data-chart]')];
  const drawAll = () => figures.forEach(draw);
  if (window.uPlot) {
    drawAll();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
    // Not the window's size: a scroll bar that comes, or a card that grows, changes a chart's room too.
    const rooms = new ResizeObserver(changes => {
      for (const { target } of changes) {
        const figure = target.closest('[data-chart]');
        if (target.clientWidth !== Number(figure.dataset.drawn)) draw(figure);
      }
    });
    figures.forEach(f => rooms.observe(f.querySelector('.plot')));
  }

  // --- Commands to copy.

  if (navigator.clipboard) {
    for (const button of document.querySelectorAll('[data-copy]')) {
      button.hidden = false;
      button.addEventListener('click', async () => {
        await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
        button.textContent = 'Copied';
        setTimeout(() => { button.textContent = 'Copy'; }, 2000);
      });
    }
  }

  // --- Live.

  const sets = [...document.querySelectorAll('[data-live-set]')];
  const watched = document.querySelector('[data-watch]');
  const news = document.querySelector('[data-news]');
  const log = document.querySelector('[data-log]');
  document.querySelector('[data-reload]')?.addEventListener('click', () => location.reload());

  // A page is not pulled away under the hands of who is using it.
  function refresh() {
    const at = document.activeElement;
    const busy = at && at !== document.body && at.id !== 'main' && document.querySelector('main').contains(at);
    if (busy || String(getSelection())) news.hidden = false;
    else location.reload();
  }

  function put(run, name, text) {
    const place = run.querySelector(`[data-live="${name}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }

  function show(run) {
    for (const place of document.querySelectorAll('[data-run]')) {
      if (place.dataset.run !== run.id) continue;
      if (place.dataset.key !== run.key) { stale = true; continue; }
      put(place, 'stage', run.stage);
      put(place, 'percent', run.percent);
      put(place, 'note', run.note);
      put(place, 'remaining', run.remaining);
      const bar = place.querySelector('[data-live="progress"]');
      if (bar) bar.value = run.progress;
    }
  }

  function append(lines) {
    if (!log || lines.length === 0) return;
    document.querySelector('[data-nolog]')?.remove();
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    for (const line of lines) {
      const item = document.createElement('li');
      item.className = line.level;
      const time = document.createElement('time');
      time.textContent = line.at;
      const text = document.createElement('bdi');
      text.textContent = line.text;
      item.append(time, ' ');
      if (line.level !== 'info') {
        const level = document.createElement('strong');
        level.textContent = line.level;
        item.append(level);
      }
      item.append(text);
      log.append(item);
    }
    while (log.children.length > 1000) log.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  let stale = false;

  function hear(event) {
    const told = JSON.parse(event.data);
    document.documentElement.dataset.liveState = told.away ? 'away' : 'on';
    if (told.away) return;
    stale = false;
    told.runs.forEach(show);
    if (told.watched) show(told.watched);
    append(told.lines);
    for (const set of sets) {
      const there = told.runs.filter(r => !set.dataset.tenant || r.tenant === set.dataset.tenant).map(r => r.id).sort().join();
      if (there !== set.dataset.liveSet.split(',').filter(Boolean).sort().join()) stale = true;
    }
    if (stale) refresh();
  }

  if (log) log.scrollTop = log.scrollHeight;
  if (sets.length || watched) {
    const source = new EventSource(watched ? `/live?run=${encodeURIComponent(watched.dataset.watch)}&after=${watched.dataset.after}` : '/live');
    source.onmessage = hear;
    source.onerror = () => { document.documentElement.dataset.liveState = 'lost'; };
    addEventListener('pagehide', () => source.close());
  }

  document.documentElement.dataset.ready = '1';
})();
