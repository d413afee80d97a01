// Plots beside the report's tables. They are told by data attributes; colours are the page's own.
import {
  BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js";

Chart.register(
  BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip,
);

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const series = ["--primary", "--warn", "--good", "--bad"].map(colour);
const figures = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 2 });
const short = (label) => (label.length > 28 ? `${label.slice(0, 27)}…` : label);

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = colour("--ink");
Chart.defaults.borderColor = colour("--line");
Chart.defaults.animation = false;

for (const canvas of document.querySelectorAll("canvas[data-plot]")) {
  const plot = JSON.parse(canvas.dataset.plot);
  const sideways = plot.kind === "bar" && plot.labels.some((label) => label.length > 14);
  canvas.parentElement.style.setProperty("--rows", sideways ? plot.labels.length : 8);
  const axis = { beginAtZero: true, ticks: { precision: 0, callback: (value) => figures.format(value) } };
  const names = { ticks: { callback(value) { return short(this.getLabelForValue(value)); } } };
  new Chart(canvas, {
    type: plot.kind,
    data: {
      labels: plot.labels,
      datasets: plot.series.map((one, at) => ({
        label: one.label, data: one.values, backgroundColor: series[at], borderColor: series[at], borderWidth: 2,
      })),
    },
    options: {
      indexAxis: sideways ? "y" : "x",
      maintainAspectRatio: false,
      scales: sideways ? { x: axis, y: names } : { x: names, y: axis },
      plugins: {
        legend: { display: plot.series.length > 1 },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${figures.format(item.raw)}` } },
      },
    },
  });
}
