// Draws the flow of cost. The list below it says the same, so nothing is lost where this does not run.
"use strict";
for (const place of document.querySelectorAll("[data-sankey]")) {
  const data = JSON.parse(document.getElementById(place.dataset.sankey).textContent);
  const money = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const narrow = window.matchMedia("(max-width: 43.99rem)").matches;
  const deepest = depth(data);
  place.style.height = Math.max(320, 60 + widest(data) * (narrow ? 46 : 38)) + "px";
  if (narrow) place.style.minWidth = Math.max(640, deepest * 190) + "px";
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    tooltip: { renderMode: "richText", confine: true, formatter: (hit) => hit.dataType === "edge"
      ? hit.data.source + " → " + hit.data.target + "\n" + money.format(hit.data.value) : hit.name + "\n" + money.format(hit.value) },
    series: [{ type: "sankey", left: 8, right: 170, top: 12, bottom: 12, nodeWidth: 12, nodeGap: 14, draggable: false, layoutIterations: 64,
      data: data.nodes, links: data.links, emphasis: { focus: "adjacency" },
      lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
      label: { color: "#1d2733", fontSize: 12, fontFamily: "Inter var, system-ui, sans-serif", width: 160, overflow: "break", lineHeight: 15,
        formatter: (hit) => hit.name + "\n{amount|" + money.format(hit.value) + "}", rich: { amount: { color: "#56616e", fontSize: 11 } } } }],
  });
  window.addEventListener("resize", () => chart.resize());
}

function levels(data) {
  const level = new Map(data.nodes.map((node) => [node.name, 0]));
  for (let round = 0; round < data.nodes.length; round++) {
    let moved = false;
    for (const link of data.links) {
      if (level.get(link.target) < level.get(link.source) + 1) { level.set(link.target, level.get(link.source) + 1); moved = true; }
    }
    if (!moved) break;
  }
  return [...level.values()];
}
function depth(data) { return Math.max(...levels(data)) + 1; }
function widest(data) {
  const count = {};
  for (const one of levels(data)) count[one] = (count[one] || 0) + 1;
  return Math.max(...Object.values(count));
}
