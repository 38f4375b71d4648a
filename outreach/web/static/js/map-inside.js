/* Inside a map document: draws signs and names from plain data, and talks with the page around it.
   Text reaches the page through textContent alone; nothing here reads data as HTML. */
"use strict";

const outreachMap = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    1: ["circle", { cx: 20, cy: 20, r: 17 }],
    2: ["rect", { x: 4, y: 4, width: 32, height: 32, rx: 4 }],
    3: ["path", { d: "M20 3 38 36H2Z" }],
    4: ["path", { d: "M20 1 39 20 20 39 1 20Z" }],
    5: ["path", { d: "M11 4H29L39 20 29 36H11L1 20Z" }],
    6: ["path", { d: "M20 2 38 16 31 37H9L2 16Z" }],
  };
  const DOT = ["circle", { cx: 20, cy: 20, r: 16 }];
  const DRAWN = {
    base: [["rect", { x: 2, y: 2, width: 36, height: 36, rx: 8 }], ["path", { class: "in", d: "M20 8 31.5 18.5H28V30H12V18.5H8.5Z" }]],
    night: [["circle", { cx: 20, cy: 20, r: 16.5 }], ["path", { class: "in", d: "M26.5 24.5A9.5 9.5 0 1 1 17 11a8 8 0 0 0 9.5 13.5Z" }]],
    unserved: [["path", { d: "M20 4 36 20 20 36 4 20Z" }]],
  };
  /* drawn size, space kept free of names, and order from below to above */
  const SIZES = {
    dot: [9, 8, 0], covered: [11, 10, 1000], site: [18, 16, 2000], unserved: [18, 18, 3000],
    visit: [18, 18, 4000], base: [25, 26, 6000], night: [30, 30, 5000], stop: [34, 34, 7000],
  };
  const LARGE_FROM = 500; /* px: below this width numbers only, names are in the list */
  const coarse = matchMedia("(pointer: coarse)").matches;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function drawing(sign) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 40 40");
    svg.setAttribute("aria-hidden", "true");
    for (const [name, attributes] of DRAWN[sign.mark] || [SHAPES[sign.bus] || DOT]) {
      const part = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
      svg.append(part);
    }
    return svg;
  }

  function facts(sign, words) {
    const box = element("div", "facts");
    box.append(element("strong", "", sign.name));
    for (const line of sign.lines || []) box.append(element("span", "", line));
    if (sign.link) {
      const link = element("a", "", words.open);
      link.href = sign.link;
      link.target = "_top";
      box.append(link);
    }
    return box;
  }

  /* Leaflet rounds every point to a pixel, which makes a long curve look hewn: draw it round, but keep sharp turns. */
  function rounded(points) {
    let path = `M${points[0].x} ${points[0].y}`;
    for (let i = 1; i < points.length - 1; i += 1) {
      const [before, here, after] = [points[i - 1], points[i], points[i + 1]];
      const turn = Math.atan2(here.y - before.y, here.x - before.x) - Math.atan2(after.y - here.y, after.x - here.x);
      const sharp = Math.cos(turn) < 0.8;
      path += sharp ? `L${here.x} ${here.y}` : `Q${here.x} ${here.y} ${(here.x + after.x) / 2} ${(here.y + after.y) / 2}`;
    }
    const last = points[points.length - 1];
    return `${path}L${last.x} ${last.y}`;
  }

  const plain = L.SVG.prototype._updatePoly;
  L.SVG.include({
    _updatePoly(layer, closed) {
      if (closed || !/^(leg|halo)/.test(layer.options.className || "")) plain.call(this, layer, closed);
      else this._setPath(layer, layer._parts.filter((part) => part.length > 1).map(rounded).join("") || "M0 0");
    },
  });

  /* ---- signs ---- */
  function addSign(map, sign, words) {
    const [size, , order] = SIZES[sign.mark];
    const drawn = map.getSize().x < LARGE_FROM && sign.mark === "stop" ? 30 : size;
    const box = Math.max(drawn, 24);
    const face = element("span", `face ${sign.mark}${sign.bus ? ` bus-${sign.bus}` : ""}${sign.chosen ? " chosen" : ""}`);
    face.append(drawing(sign));
    face.style.width = face.style.height = `${drawn}px`;
    if (sign.number) face.append(element("b", "", sign.number));
    const reachable = !["dot", "covered"].includes(sign.mark);
    const icon = L.divIcon({ html: face, className: "sign", iconSize: [box, box], popupAnchor: [0, -drawn / 2 + 4] });
    const spoken = [sign.number, sign.name].filter(Boolean).join(". ");
    const marker = L.marker(sign.at, { icon, keyboard: reachable, alt: spoken, zIndexOffset: order + (sign.chosen ? 8000 : 0), riseOnHover: true });
    marker.addTo(map);
    const node = marker.getElement();
    if (reachable) node.setAttribute("aria-label", spoken);
    marker.bindPopup(() => facts(sign, words), { maxWidth: 270, minWidth: 150, autoPanPadding: [12, 12] });
    return { sign, marker, face, size: drawn, home: L.latLng(sign.at) };
  }

  /* Stops that would hide each other step aside; the list keeps the true order anyway. */
  function spread(map, drawn) {
    const taken = [];
    for (const item of drawn.filter((d) => d.sign.mark === "stop" || d.sign.mark === "base" || d.sign.mark === "night")) {
      const home = map.latLngToLayerPoint(item.home);
      const room = item.size * 0.92;
      let place = home;
      for (let turn = 0; turn < 8 && taken.some((other) => other.distanceTo(place) < room); turn += 1) {
        const angle = (turn * Math.PI) / 4;
        place = home.add([Math.cos(angle) * room, -Math.sin(angle) * room]);
      }
      taken.push(place);
      item.marker.setLatLng(place === home ? item.home : map.layerPointToLatLng(place));
    }
  }

  /* ---- names ---- */
  const HERE = [[0, 0, 0]];
  const AROUND = [[0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];
  const BESIDE = [...HERE, ...[8, 18].flatMap((gap) => AROUND.slice(0, 4).map(([dx, dy]) => [dx, dy, gap]))];

  function makeName(map, text, at, className) {
    const node = element("span", `name ${className}`, text);
    const icon = L.divIcon({ html: node, className: "name-at", iconSize: [0, 0] });
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: className === "of-stop" ? 9000 : -1000 }).addTo(map);
    return { node, at: L.latLng(at) };
  }

  const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const around = (point, half) => [point.x - half, point.y - half, point.x + half, point.y + half];

  /* Finds room for a name: never on a sign or another name, on as little as possible of dots and lines. */
  function settle(map, name, sides, ground, { pad, bearable = Infinity }) {
    const width = name.node.offsetWidth;
    const height = name.node.offsetHeight;
    const point = map.latLngToContainerPoint(name.at);
    let best = null;
    sides.forEach(([dx, dy, gap], turn) => {
      const slant = dx && dy ? 0.75 : 1;
      const x = point.x + dx * (gap + width / 2) * slant;
      const y = point.y + dy * (gap + height / 2) * slant;
      const rect = [x - width / 2 - 1, y - height / 2, x + width / 2 + 1, y + height / 2];
      if (rect[0] < 0 || rect[1] < 0 || rect[2] > ground.size.x || rect[3] > ground.size.y) return;
      if (ground.hard.some((other) => overlap(rect, other))) return;
      const wide = [rect[0] - pad, rect[1] - pad / 3, rect[2] + pad, rect[3] + pad / 3];
      if (ground.names.some((other) => overlap(wide, other))) return;
      const touched = ground.soft.filter((other) => overlap(rect, other)).length;
      const cost = touched + turn * 0.1;
      if (touched <= bearable && (!best || cost < best.cost)) best = { x, y, rect, cost };
    });
    name.node.classList.toggle("gone", !best || !width);
    if (!best) return;
    name.node.style.transform = `translate(${Math.round(best.x - point.x - width / 2)}px, ${Math.round(best.y - point.y - height / 2)}px)`;
    ground.names.push(best.rect);
  }

  /* What names must keep off (signs, controls) and should keep off (dots, lines). */
  function groundOf(map, drawn) {
    const ground = { size: map.getSize(), hard: [], soft: [], names: [] };
    for (const item of drawn) {
      const faint = item.sign.mark === "dot" || item.sign.mark === "covered";
      const place = map.latLngToContainerPoint(item.marker.getLatLng());
      (faint ? ground.soft : ground.hard).push(around(place, SIZES[item.sign.mark][1] / 2 + 1));
    }
    map.eachLayer((layer) => {
      if (!(layer instanceof L.Polyline) || layer instanceof L.Polygon || !/^leg/.test(layer.options.className || "")) return;
      const points = layer.getLatLngs().map((at) => map.latLngToContainerPoint(at));
      for (let i = 1; i < points.length; i += 1) {
        const steps = Math.max(1, Math.round(points[i].distanceTo(points[i - 1]) / 12));
        for (let k = 0; k < steps; k += 1) ground.soft.push(around(points[i - 1].add(points[i].subtract(points[i - 1]).multiplyBy(k / steps)), 4));
      }
    });
    const frame = map.getContainer().getBoundingClientRect();
    for (const control of map.getContainer().querySelectorAll(".leaflet-control")) {
      const box = control.getBoundingClientRect();
      ground.hard.push([box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]);
    }
    return ground;
  }

  function placeNames(map, drawn, stops, seas, places) {
    const ground = groundOf(map, drawn);
    const wide = ground.size.x >= LARGE_FROM;
    for (const name of stops) {
      if (wide || name.item.sign.chosen || name.item.sign.away) settle(map, name, AROUND.map(([dx, dy]) => [dx, dy, name.gap]), ground, { pad: 2 });
      else name.node.classList.add("gone");
    }
    for (const name of seas) settle(map, name, HERE, ground, { pad: 90 });
    const close = map.getZoom() >= 10.75;
    for (const name of places) {
      const text = close ? name.full : name.short;
      if (name.node.textContent !== text) name.node.textContent = text;
      settle(map, name, BESIDE, ground, { pad: close ? 10 : 16, bearable: close || name.rank <= 3 ? 2 : 0 });
    }
  }

  /* ---- controls ---- */
  function controls(map, data) {
    const { words } = data;
    L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut, zoomOutText: "−" }).addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 90 }).addTo(map);
    const corner = L.control({ position: "bottomleft" });
    corner.onAdd = () => {
      const box = element("div", "corner");
      for (const away of data.away) {
        const button = element("button", "away", away.text);
        button.type = "button";
        let gone = false;
        button.addEventListener("click", () => {
          gone = !gone;
          if (gone) map.fitBounds(away.box, { maxZoom: 7.5 });
          else map.fitBounds(data.view, fitting(map, data));
          button.textContent = gone ? words.back : away.text;
          button.classList.toggle("back", gone);
        });
        box.append(button);
      }
      if (data.credit) box.append(element("span", "credit", data.credit));
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    if (data.away.length || data.credit) corner.addTo(map);
    if (data.note) {
      const note = L.control({ position: "topleft" });
      note.onAdd = () => element("div", "note", data.note);
      note.addTo(map);
    }
  }

  function fitting(map, data) {
    const size = map.getSize();
    const below = data.away.length && size.x < LARGE_FROM ? 62 : 0; /* the button for what lies outside */
    const side = Math.max(18, Math.min(64, size.x * 0.08));
    return { paddingTopLeft: [side, Math.max(22, size.y * 0.06)], paddingBottomRight: [side, Math.max(26, size.y * 0.07, below)], maxZoom: 12.5 };
  }

  /* One finger scrolls the page, two move the map; the wheel zooms only after a click into the map. */
  function gestures(map, words) {
    const box = map.getContainer();
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    if (!coarse) return;
    const hint = element("div", "hint", words.twoFingers);
    box.append(hint);
    let timer = 0;
    box.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 1) return;
      hint.classList.add("seen");
      clearTimeout(timer);
      timer = setTimeout(() => hint.classList.remove("seen"), 1200);
    }, { passive: true });
  }

  /* ---- the list beside the map ---- */
  function link(drawn) {
    const byId = new Map();
    for (const item of drawn) {
      if (!item.sign.id) continue;
      byId.set(item.sign.id, [...(byId.get(item.sign.id) || []), item]);
    }
    const lift = (id) => {
      for (const item of drawn) {
        const up = Boolean(id) && item.sign.id === id;
        if (item.face.classList.contains("lifted") === up) continue;
        item.face.classList.toggle("lifted", up);
        item.marker.setZIndexOffset(up ? 20000 : SIZES[item.sign.mark][2] + (item.sign.chosen ? 8000 : 0));
      }
    };
    const tell = (id) => {
      if (parent === window) return;
      const [kind, number] = id ? id.split(":") : ["none", null];
      parent.postMessage({ kind, id: number }, location.origin);
    };
    for (const [id, items] of byId) {
      for (const { marker } of items) {
        const node = marker.getElement();
        for (const kind of ["pointerenter", "focus"]) node.addEventListener(kind, () => { lift(id); tell(id); });
        for (const kind of ["pointerleave", "blur"]) node.addEventListener(kind, () => { lift(null); tell(null); });
      }
    }
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== parent || !event.data) return;
      const { kind, id } = event.data;
      lift(kind === "site" || kind === "stop" ? `${kind}:${id}` : null);
    });
  }

  function options() {
    return { zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 120, scrollWheelZoom: false, dragging: !coarse, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still };
  }

  function draw(map, data) {
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", data.title);
    box.classList.toggle("on-tiles", Boolean(data.credit));
    map.setMaxBounds(data.edge);
    const fit = () => {
      map.fitBounds(data.view, { ...fitting(map, data), animate: false });
      map.setMinZoom(Math.min(map.getBoundsZoom(data.edge, true), map.getZoom()));
    };
    fit();
    controls(map, data);
    gestures(map, data.words);
    const drawn = data.signs.map((sign) => addSign(map, sign, data.words));
    const stops = [];
    for (const item of drawn) {
      if (!item.sign.label) continue;
      stops.push({ ...makeName(map, item.sign.label, item.sign.at, "of-stop"), gap: item.size / 2 + (item.sign.chosen ? 8 : 3), item });
    }
    const seas = data.seas.map(([text, , lat, lon]) => makeName(map, text, [lat, lon], "of-sea"));
    const places = [...data.places]
      .sort((a, b) => a[4] - b[4])
      .map(([full, short, lat, lon, rank]) => ({ ...makeName(map, short, [lat, lon], rank ? "of-place" : "of-sea"), full, short, rank }));
    const settleAll = () => {
      spread(map, drawn);
      for (const name of stops) name.at = name.item.marker.getLatLng();
      placeNames(map, drawn, stops, seas, places);
    };
    settleAll();
    map.on("moveend", settleAll);
    document.fonts.ready.then(settleAll);
    let touched = false;
    for (const kind of ["pointerdown", "keydown", "wheel"]) box.addEventListener(kind, () => { touched = true; }, { passive: true });
    map.on("resize", () => { if (!touched) fit(); settleAll(); });
    map.on("popupopen", (event) => {
      const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) close.setAttribute("aria-label", data.words.close);
    });
    link(drawn);
  }

  return { options, draw };
})();
