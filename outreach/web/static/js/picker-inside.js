/* Inside the map on which a point is picked: one mark, moved by click, drag or arrow keys.
   It tells the page around it {kind: "picked", lat, lon, decimals} and takes {kind: "point", lat, lon} from it. */
"use strict";

const outreachPicker = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const STEP = 10; /* px an arrow key moves the mark; 1 with Shift */
  const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const CLOSE_ZOOM = 14;

  /* A click is worth a pixel: from far away it does not pretend to know the gate. */
  function decimals(map, lat) {
    const metres = (156543.03 * Math.cos((lat * Math.PI) / 180)) / 2 ** map.getZoom();
    return Math.min(6, Math.max(2, Math.ceil(Math.log10(111320 / metres))));
  }

  function face() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 40 52");
    svg.setAttribute("aria-hidden", "true");
    for (const [name, attributes] of [
      ["path", { d: "M20 2a17 17 0 0 1 17 17c0 12-17 31-17 31S3 31 3 19A17 17 0 0 1 20 2Z" }],
      ["circle", { class: "in", cx: 20, cy: 19, r: 6.5 }],
    ]) {
      const part = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
      svg.append(part);
    }
    return svg;
  }

  function start(map, data) {
    const box = map.getContainer();
    let marker = null;

    function name() {
      const at = marker.getLatLng();
      const digits = decimals(map, at.lat);
      const shown = (value) => value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      marker.getElement().setAttribute("aria-label", data.words.mark.replace("{lat}", shown(at.lat)).replace("{lon}", shown(at.lng)));
    }

    /* the mark stands where the written number says, which is less than a pixel away */
    function tell() {
      const at = marker.getLatLng().wrap();
      const digits = decimals(map, at.lat);
      const [lat, lon] = [at.lat, at.lng].map((value) => Number(value.toFixed(digits)));
      marker.setLatLng([lat, lon]);
      if (parent !== window) parent.postMessage({ kind: "picked", lat, lon, decimals: digits }, location.origin);
      name();
    }

    function put(at) {
      if (marker) {
        marker.setLatLng(at);
      } else {
        const icon = L.divIcon({ html: face(), className: "sign pick", iconSize: [40, 52], iconAnchor: [20, 50] });
        marker = L.marker(at, { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: 30000 }).addTo(map);
        marker.getElement().setAttribute("role", "application"); /* arrow keys come through to us */
        marker.getElement().addEventListener("keydown", step);
        marker.on("dragend", tell);
      }
      name();
    }

    function step(event) {
      const way = WAYS[event.key];
      if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
      L.DomEvent.stop(event);
      const far = event.shiftKey ? 1 : STEP;
      const from = map.project(marker.getLatLng());
      marker.setLatLng(map.unproject(from.add([way[0] * far, way[1] * far])));
      map.panInside(marker.getLatLng(), { padding: [60, 60] });
      tell();
    }

    function pick(at, focus) {
      put(at);
      tell();
      if (focus) marker.getElement().focus();
    }

    map.on("click", (event) => pick(event.latlng, false));
    map.on("zoomend", () => { if (marker) name(); });

    const middle = L.control({ position: "bottomleft" });
    middle.onAdd = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "away middle";
      button.textContent = data.words.middle;
      button.addEventListener("click", () => pick(map.getCenter(), true));
      L.DomEvent.disableClickPropagation(button);
      return button;
    };
    middle.addTo(map);

    if (data.at) put(data.at);

    addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== parent || !event.data || event.data.kind !== "point") return;
      const { lat, lon } = event.data;
      if (!Number.isFinite(lat) || !Number.isFinite(lon)) return;
      if (marker && marker.getLatLng().distanceTo([lat, lon]) < 1) return; /* our own point, come back */
      if (!map.options.maxBounds.contains([lat, lon])) {
        /* another part of the world: its land is not in this document */
        const here = new URL(location.href);
        here.searchParams.set("lat", lat);
        here.searchParams.set("lon", lon);
        location.replace(here);
        return;
      }
      put([lat, lon]);
      map.setView([lat, lon], Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
    });
    box.classList.add("picking");
  }

  return { start };
})();
