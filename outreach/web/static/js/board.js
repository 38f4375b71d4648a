// The board with the keyboard: one Tab stop, arrows to the nearest item, weeks opened in their place.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  const board = document.querySelector("[data-board]");
  if (!board) return;
  const ITEMS = ".wkbtn, a.visit, a.daylink";

  function items() {
    return Array.from(board.querySelectorAll(ITEMS));
  }

  function stopAt(item) {
    items().forEach(function (other) { other.tabIndex = other === item ? 0 : -1; });
  }

  function go(item) {
    if (!item) return;
    stopAt(item);
    item.focus();
    item.scrollIntoView({ block: "nearest" });
  }

  function nearest(from, right, down) {
    const centre = function (item) {
      const box = item.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    };
    const [x, y] = centre(from);
    let best = null;
    let least = Infinity;
    items().forEach(function (item) {
      if (item === from) return;
      const [u, v] = centre(item);
      const along = (u - x) * right + (v - y) * down;
      const aside = Math.abs((u - x) * down + (v - y) * right);
      if (along > 4 && along + aside * 3 < least) {
        least = along + aside * 3;
        best = item;
      }
    });
    return best;
  }

  function weekOf(item) {
    return item.closest("tbody");
  }

  function beside(item, step) {
    const week = step > 0 ? weekOf(item).nextElementSibling : weekOf(item).previousElementSibling;
    return week && week.querySelector(".wkbtn");
  }

  function endOfWeek(item, last) {
    const all = Array.from(weekOf(item).querySelectorAll(ITEMS));
    return last ? all[all.length - 1] : all[0];
  }

  board.addEventListener("keydown", function (event) {
    const item = event.target.closest(ITEMS);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    let target;
    if (ways[event.key]) target = nearest(item, ways[event.key][0], ways[event.key][1]);
    else if (event.key === "Home" || event.key === "End") target = endOfWeek(item, event.key === "End");
    else if (event.key === "PageDown" || event.key === "PageUp") target = beside(item, event.key === "PageDown" ? 1 : -1);
    else if (event.key === " " && item.matches(".wkbtn")) item.click();
    else return;
    event.preventDefault();
    go(target);
  });

  board.addEventListener("focusin", function (event) {
    const item = event.target.closest(ITEMS);
    if (item) stopAt(item);
  });

  function showOnMap(number) {
    const map = document.querySelector("[data-period-map]");
    if (!map) return;
    map.src = board.dataset.map + "?tuan=" + number;
    const caption = document.querySelector("[data-map-caption]");
    if (caption) caption.textContent = caption.dataset.text.replace("%", number);
  }

  // htmx has put a week in its place: the focus stays on its button, the map follows an opened week
  document.body.addEventListener("htmx:afterSettle", function (event) {
    const week = event.target.closest ? event.target.closest("tbody[data-week]") : null;
    if (!week || !board.contains(week)) return;
    const button = week.querySelector(".wkbtn");
    go(button);
    if (button.getAttribute("aria-expanded") !== "true") return;
    showOnMap(week.dataset.week);
    history.replaceState(null, "", button.href);
  });

  stopAt(board.querySelector(".wkbtn[aria-expanded=true]") || board.querySelector(".wkbtn"));
})();
