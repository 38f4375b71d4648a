// Beside a field for a point: keeps text, map and answer in step. Without it the field alone does.
(function () {
  "use strict";

  /* decimals worth writing for what a device says of its own accuracy; too few make the server doubt, rightly */
  function decimalsFor(metres) {
    if (metres > 1000) return 2;
    return metres > 100 ? 3 : 6;
  }

  function setUp(box) {
    const field = box.querySelector("[name=point]");
    const said = box.querySelector("[data-said]");
    const frame = box.querySelector("iframe");
    const here = box.querySelector("[data-here]");

    function say(text) {
      const line = document.createElement("p");
      line.className = "small";
      line.textContent = text;
      said.replaceChildren(line);
    }

    function change(text) {
      field.value = text;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }

    /* map -> text */
    addEventListener("message", function (event) {
      if (event.origin !== location.origin || event.source !== frame.contentWindow || !event.data) return;
      const { kind, lat, lon, decimals } = event.data;
      if (kind === "picked") change(`${lat.toFixed(decimals)}, ${lon.toFixed(decimals)}`);
    });

    /* text -> map, once the server has understood it */
    function showOnMap() {
      const [lat, lon] = ["lat", "lon"].map((name) => said.querySelector(`[name=${name}]`));
      if (lat && lon) frame.contentWindow.postMessage({ kind: "point", lat: Number(lat.value), lon: Number(lon.value) }, location.origin);
    }

    function answered(event) {
      if (event.detail.target !== said) return;
      const wrong = event.detail.xhr.status === 422;
      field.toggleAttribute("aria-invalid", wrong);
      if (wrong) field.setAttribute("aria-invalid", "true");
      field.closest(".field").classList.toggle("field-error", wrong);
      const old = box.querySelector(".msg");
      if (old) old.hidden = true; /* what was wrong at the last save is answered anew */
      showOnMap();
    }

    function takePosition() {
      say(box.dataset.askingPosition);
      navigator.geolocation.getCurrentPosition(
        function ({ coords }) {
          const decimals = decimalsFor(coords.accuracy);
          change(`${coords.latitude.toFixed(decimals)}, ${coords.longitude.toFixed(decimals)}`);
        },
        () => say(box.dataset.noPosition),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
      );
    }

    function choose(event) {
      const button = event.target.closest("[data-place]");
      if (button) change(button.dataset.place);
    }

    function markChosen() {
      for (const button of box.querySelectorAll("[data-place]")) button.setAttribute("aria-pressed", String(button.dataset.place === field.value));
    }

    for (const part of box.querySelectorAll("[data-needs-script]")) part.hidden = false;
    frame.src = frame.dataset.src;
    frame.addEventListener("load", showOnMap);
    here.hidden = !(window.isSecureContext && navigator.geolocation);
    here.addEventListener("click", takePosition);
    box.addEventListener("click", choose);
    field.addEventListener("input", markChosen);
    box.addEventListener("htmx:afterSettle", answered);
    box.addEventListener("htmx:sendError", (event) => { if (event.detail.target === said) say(box.dataset.unreachable); });
  }

  document.querySelectorAll("[data-picker]").forEach(setUp);
})();
