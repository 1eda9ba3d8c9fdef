'use strict';
// Draws the charts. All text of the report is in the page already, and comes from here only as text, never as markup.
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const HEIGHT = 230;
  const DASHES = [[], [], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2]];
  let drawn = [];

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = server => css('--s' + server % 6);
  // Prices can be millionths of a credit: longer than an axis has room for, if written out.
  const number = value => value == null ? '–'
    : value !== 0 && Math.abs(value) < 1e-3 ? Number(value.toPrecision(3)).toExponential()
    : value.toLocaleString('en-US', {maximumSignificantDigits: Math.abs(value) >= 1000 ? 6 : 3});

  function tooltip(xText) {
    let tip;
    return {hooks: {
      init: u => {
        tip = document.createElement('div');
        tip.className = 'tip';
        tip.hidden = true;
        u.over.appendChild(tip);
      },
      setCursor: u => {
        const at = u.cursor.idx;
        tip.hidden = at == null || u.cursor.left < 0;
        if (tip.hidden) return;
        const head = document.createElement('b');
        head.textContent = xText(u.data[0][at]);
        const lines = u.series.slice(1).map((series, i) => {
          const line = document.createElement('div');
          line.textContent = series.label + ': ' + number(u.data[i + 1][at]);
          line.style.color = series.stroke();
          return line;
        });
        tip.replaceChildren(head, ...lines);
        const left = u.cursor.left > u.over.clientWidth / 2;
        tip.style.left = left ? '' : u.cursor.left + 14 + 'px';
        tip.style.right = left ? u.over.clientWidth - u.cursor.left + 14 + 'px' : '';
        tip.style.top = '8px';
      }}};
  }

  function axis(more) {
    const line = css('--hair');
    return {stroke: css('--soft'), font: '12px ' + css('--sans'), grid: {stroke: line, width: 1},
      ticks: {stroke: line, width: 1, size: 5}, ...more};
  }

  function highest(series) {
    return Math.max(0, ...series.flat().filter(value => value != null));
  }

  // Tails are long: where the worst is far above the best, only a logarithmic axis shows both.
  function scaleFor(series) {
    const values = series.flat().filter(value => value > 0);
    const low = Math.min(...values);
    const high = Math.max(...values);
    if (values.length > 0 && high / low > 60) {
      return {distr: 3, range: [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))]};
    }
    return {range: (u, min, max) => [0, (max || 1) * 1.06]};
  }

  function plot(id, data, options) {
    const place = document.getElementById(id);
    if (!place) return;
    const logarithmic = options.yScale.distr === 3;
    const chart = new uPlot({
      width: place.clientWidth, height: options.height || HEIGHT, legend: {show: false},
      padding: [8, 24, 0, 0],
      cursor: {y: false, drag: {x: options.zoom, y: false}, points: {size: 6}},
      plugins: [tooltip(options.xText)],
      scales: {x: options.xScale, y: options.yScale},
      axes: [axis({...options.xAxis, size: 34}),
        axis({size: 62, values: (u, splits) => splits.map(
          value => value == null || logarithmic && Math.log10(value) % 1 !== 0 ? '' : number(value))})],
      series: [{}, ...options.series],
    }, data, place);
    drawn.push([chart, place]);
  }

  function line(label, server, more) {
    return {label, stroke: () => colour(server), width: 1.8, dash: DASHES[server % 6], spanGaps: true,
      points: {show: false}, ...more};
  }

  function curves() {
    for (const curve of charts.curves) {
      const marks = [[50, Math.log10(2)], [90, 1], [99, 2], [99.9, 3], [99.99, 4], [99.999, 5]]
        .filter(mark => mark[1] <= curve.x.at(-1));
      plot('curve-' + curve.metric, [curve.x, ...curve.series], {
        xScale: {time: false, range: [0, curve.x.at(-1)]},
        yScale: scaleFor(curve.series),
        xAxis: {splits: () => marks.map(mark => mark[1]), values: () => marks.map(mark => 'p' + mark[0])},
        xText: x => 'p' + Number((100 * (1 - 10 ** -x)).toPrecision(x < 2 ? 3 : 3 + Math.floor(x))) + ', ms',
        series: charts.servers.map((label, server) => line(label, server)),
        zoom: false,
      });
    }
  }

  function overTime(id, lines, unit) {
    const tables = lines.map(each => [each.x, each.y]);
    if (tables.length === 0) return;
    plot(id, uPlot.join(tables), {
      height: 170,
      xScale: {time: false, range: [0, Math.max(...lines.map(each => each.x.at(-1) || 0), 1)]},
      yScale: unit === 'ms' ? scaleFor(lines.map(each => each.y))
        : {range: [0, highest(lines.map(each => each.y)) * 1.08 || 1]},
      xAxis: {values: (u, splits) => splits.map(second => second + ' s')},
      xText: x => number(x) + ' s' + (unit ? ', ' + unit : ''),
      series: lines.map(each => line(each.label, each.server, each.style)),
      zoom: true,
    });
  }

  function timelines() {
    const lines = name => charts.timelines.map((run, server) => (
      {x: run.x, y: run[name], server, label: charts.servers[server]}));
    overTime('time-in-flight', lines('in_flight'), '');
    overTime('time-tokens', lines('tokens_per_second'), '');
    overTime('time-ttft', [
      ...lines('ttft_p99').map(each => ({...each, label: each.label + ' p99'})),
      ...lines('ttft_p50').map(each => (
        {...each, label: each.label + ' p50', style: {width: 1.3, dash: [3, 3]}}))], 'ms');
    overTime('time-errors', lines('errors_per_second'), '');
    charts.prices.forEach((price, i) => overTime('price-' + i, price.lines.map(each => (
      {...each, label: charts.servers[each.server]})), ''));
  }

  function draw() {
    drawn.forEach(([chart]) => chart.destroy());
    drawn = [];
    curves();
    timelines();
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  let pending = 0;
  addEventListener('resize', () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => drawn.forEach(([chart, place]) => chart.setSize(
      {width: place.clientWidth, height: chart.height})));
  });
})();
