/* Beside a map: pointing at a row of the list lifts its sign on the map, and the reverse.
   Rows carry data-map-id="site:12"; maps are iframe.mapframe of this server. */
"use strict";

(() => {
  let lit = [];

  function tellMaps(mark) {
    const [kind, id] = mark ? mark.split(":") : ["none", null];
    for (const frame of document.querySelectorAll("iframe.mapframe")) {
      frame.contentWindow.postMessage({ kind, id }, location.origin);
    }
  }

  function rowOf(event) {
    return event.target instanceof Element ? event.target.closest("[data-map-id]") : null;
  }

  let told = null;
  function point(event) {
    const row = rowOf(event);
    const mark = row ? row.dataset.mapId : null;
    if (mark === told) return;
    told = mark;
    tellMaps(mark);
  }

  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, point);
  document.addEventListener("focusout", (event) => { if (!event.relatedTarget) { told = null; tellMaps(null); } });
  document.documentElement.addEventListener("pointerleave", () => { told = null; tellMaps(null); });

  addEventListener("message", (event) => {
    if (event.origin !== location.origin || !event.data) return;
    const frames = [...document.querySelectorAll("iframe.mapframe")];
    if (!frames.some((frame) => frame.contentWindow === event.source)) return;
    const { kind, id } = event.data;
    for (const row of lit) row.removeAttribute("aria-current");
    lit = [];
    if (kind !== "site" && kind !== "stop") return;
    const rows = document.querySelectorAll(`[data-map-id="${CSS.escape(kind)}:${CSS.escape(String(id))}"]`);
    /* a row that is current for a reason of its own stays so */
    lit = [...rows].filter((row) => !row.hasAttribute("aria-current"));
    for (const row of lit) row.setAttribute("aria-current", "true");
  });
})();
