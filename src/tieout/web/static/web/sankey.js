// Draws the flow of cost. The list below it says the same, so nothing is lost where this does not run.
"use strict";
for (const place of document.querySelectorAll("[data-sankey]")) {
  const data = JSON.parse(document.getElementById(place.dataset.sankey).textContent);
  const money = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const narrow = window.matchMedia("(max-width: 43.99rem)").matches;
  const columns = new Map(data.nodes.map((node) => [node.name, Number(node.name.split(":", 1)[0])]));
  const heights = {};
  for (const column of columns.values()) heights[column] = (heights[column] || 0) + 1;
  const deepest = Math.max(...columns.values()) + 1;
  place.style.height = Math.min(900, Math.max(360, 40 + Math.max(...Object.values(heights)) * 44)) + "px";
  if (narrow) place.style.minWidth = 40 + deepest * 160 + "px";
  const called = new Map(data.nodes.map((node) => [node.name, node.label]));
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    tooltip: { renderMode: "richText", confine: true, formatter: (hit) => hit.dataType === "edge"
      ? called.get(hit.data.source) + " → " + called.get(hit.data.target) + "\n" + money.format(hit.data.value)
      : called.get(hit.name) + "\n" + money.format(hit.value) },
    series: [{ type: "sankey", left: 4, right: narrow ? 140 : 200, top: 10, bottom: 10, nodeWidth: 10, nodeGap: 20, draggable: false, layoutIterations: 96,
      data: data.nodes.map((node) => ({ name: node.name, itemStyle: { color: node.colour } })), links: data.links,
      emphasis: { focus: "trajectory" }, lineStyle: { color: "source", opacity: 0.22, curveness: 0.5 },
      labelLayout: { hideOverlap: true },
      label: { color: "#1d2733", fontSize: narrow ? 11 : 12, fontFamily: "Inter var, system-ui, sans-serif", width: narrow ? 130 : 185, overflow: "truncate", lineHeight: 15,
        formatter: (hit) => called.get(hit.name) + "\n" + money.format(hit.value) } }],
  });
  window.addEventListener("resize", () => chart.resize());
}
