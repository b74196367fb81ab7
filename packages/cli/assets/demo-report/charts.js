// Draws the charts of the demo's report. Inlined into the page after Chart.js; `report` is the page's data (src/demo/report/chart-data.ts).
/* global Chart, report */
;(() => {
  const style = () => getComputedStyle(document.documentElement)
  const color = (name) => style().getPropertyValue(`--${name}`).trim()
  const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  const number = (value) => (Math.abs(value) >= 100 ? whole.format(value) : String(Number(value.toPrecision(3))))
  const charts = []

  // Writes each bar's value at its end: a short bar beside a long one is not readable from the axis.
  const barValues = {
    id: 'barValues',
    afterDatasetsDraw(chart) {
      const { ctx } = chart
      ctx.save()
      ctx.fillStyle = color('text')
      ctx.font = `11px ${Chart.defaults.font.family}`
      ctx.textBaseline = 'middle'
      chart.data.datasets.forEach((dataset, index) => {
        chart.getDatasetMeta(index).data.forEach((bar, at) => {
          if (dataset.data[at] !== null) ctx.fillText(number(dataset.data[at]), bar.x + 4, bar.y)
        })
      })
      ctx.restore()
    },
  }

  const axis = (title, more = {}) => {
    const { ticks, ...rest } = more
    return {
      title: { display: title !== '', text: title, color: color('muted') },
      grid: { color: color('line') },
      border: { color: color('line') },
      ticks: { color: color('muted'), ...ticks },
      ...rest,
    }
  }

  const tooltip = (unit) => ({
    callbacks: {
      label: (item) => ` ${item.dataset.label}: ${number(item.chart.options.indexAxis === 'y' ? item.parsed.x : item.parsed.y)} ${unit}`,
    },
  })
  const legend = () => ({ position: 'bottom', labels: { color: color('text'), boxWidth: 14, boxHeight: 3, padding: 12 } })

  function bars(id, { labels, write, read, unit }) {
    const dataset = (label, data, name) => ({ label, data, backgroundColor: color(name), maxBarThickness: 16 })
    charts.push(
      new Chart(document.getElementById(id), {
        type: 'bar',
        data: { labels, datasets: [dataset('write', write, 'write'), dataset('read', read, 'read')] },
        options: {
          indexAxis: 'y',
          responsive: true,
          maintainAspectRatio: false,
          animation: false,
          layout: { padding: { right: 46 } },
          plugins: { legend: legend(), tooltip: tooltip(unit) },
          scales: {
            x: axis(unit, { beginAtZero: true, ticks: { maxTicksLimit: 6, maxRotation: 0, callback: number } }),
            y: axis('', { grid: { display: false }, ticks: { color: color('text'), autoSkip: false } }),
          },
        },
        plugins: [barValues],
      }),
    )
  }

  function lines(id, { series, x, y, min, max, percentiles, logarithmic, unit }) {
    const datasets = series.map(({ label, pattern, data }) => ({
      label,
      data,
      borderColor: color(`pattern-${pattern}`),
      backgroundColor: color(`pattern-${pattern}`),
      borderWidth: 2,
      pointRadius: percentiles ? 3 : 0,
      pointHitRadius: 8,
      tension: 0,
    }))
    const across = percentiles
      ? axis(x, { type: 'category', labels: percentiles })
      : axis(x, { type: 'linear', min: 0, ticks: { maxTicksLimit: 8, callback: number } })
    const upward = logarithmic
      ? axis(y, {
          type: 'logarithmic',
          min,
          max,
          ticks: { callback: (value) => (/^[125]/.test(value.toExponential(1)) ? number(value) : '') },
        })
      : axis(y, { min, max, ticks: { maxTicksLimit: 7, callback: number } })
    charts.push(
      new Chart(document.getElementById(id), {
        type: 'line',
        data: { datasets },
        options: {
          responsive: true,
          maintainAspectRatio: false,
          animation: false,
          interaction: { mode: 'nearest', intersect: false },
          plugins: { legend: legend(), tooltip: tooltip(unit) },
          scales: { x: across, y: upward },
        },
      }),
    )
  }

  // The cities where they were read to lie: cells of half a degree, the more cities the stronger.
  function map() {
    const canvas = document.getElementById('map')
    const { width, height } = canvas.getBoundingClientRect()
    const scale = window.devicePixelRatio || 1
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    const ctx = canvas.getContext('2d')
    ctx.fillStyle = color('land')
    const { columns, top, bottom, cells } = report.map
    const cellWidth = canvas.width / columns
    const cellHeight = canvas.height / (bottom - top)
    const size = Math.max(cellWidth, scale)
    let cell = 0
    for (let at = 0; at < cells.length; at += 2) {
      cell += cells[at]
      const row = Math.floor(cell / columns)
      ctx.globalAlpha = Math.min(1, 0.25 + 0.15 * Math.log2(cells[at + 1] + 1))
      ctx.fillRect((cell % columns) * cellWidth, (row - top) * cellHeight, size, Math.max(cellHeight, size))
    }
  }

  function draw() {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
    for (const chart of charts.splice(0)) chart.destroy()
    for (const [id, data] of Object.entries(report.bars)) bars(id, data)
    for (const [id, data] of Object.entries(report.lines)) lines(id, data)
    map()
  }

  draw()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  addEventListener('resize', map)
})()
