// The year by keyboard: one tab stop, arrows move over the days, Enter opens a special day or begins a new one.
(function () {
  "use strict";
  const months = document.querySelector("[data-months]");
  const first = document.getElementById("f-add-first");
  if (!months || !first) return;
  months.dataset.live = "";
  const cells = Array.from(months.querySelectorAll("[data-day]"));
  const byDay = new Map(cells.map(function (cell) { return [cell.dataset.day, cell]; }));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 };

  function stop(cell) { return cell.querySelector("a") || cell; }

  function hold(cell) {
    cells.forEach(function (one) { stop(one).tabIndex = -1; });
    stop(cell).tabIndex = 0;
  }

  function moved(cell, days) {
    const day = new Date(cell.dataset.day + "T12:00:00Z");
    day.setUTCDate(day.getUTCDate() + days);
    return byDay.get(day.toISOString().slice(0, 10));
  }

  function begin(cell) {
    first.value = cell.dataset.day;
    first.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById("f-add-last").focus();
    document.getElementById("them").scrollIntoView({ block: "nearest" });
  }

  cells.forEach(function (cell) {
    if (!cell.querySelector("a")) {
      cell.setAttribute("role", "button");
      cell.setAttribute("aria-label", cell.dataset.day.split("-").reverse().join("/"));
    }
  });
  hold(months.querySelector(".now") || cells[0]);

  months.addEventListener("keydown", function (event) {
    const cell = event.target.closest("[data-day]");
    if (!cell) return;
    let next = event.key in steps ? moved(cell, steps[event.key]) : null;
    if (event.key === "Home") next = cells[0];
    if (event.key === "End") next = cells[cells.length - 1];
    if (next) {
      event.preventDefault();
      hold(next);
      stop(next).focus();
    } else if ((event.key === "Enter" || event.key === " ") && !cell.querySelector("a")) {
      event.preventDefault();
      begin(cell);
    }
  });
  months.addEventListener("click", function (event) {
    const cell = event.target.closest("[data-day]");
    if (cell && !cell.querySelector("a")) begin(cell);
  });
})();
