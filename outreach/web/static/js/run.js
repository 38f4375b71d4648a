// A run that refreshes itself: what was open stays open, and only news is read aloud.
(function () {
  "use strict";

  const place = document.getElementById("tien-do");
  const status = document.querySelector("[data-run-status]");
  let open = [];

  function tell() {
    const said = place.querySelector("[data-said]");
    const text = said ? said.dataset.said : place.querySelector("h1").textContent;
    if (status.textContent !== text) status.textContent = text;
    document.title = place.querySelector("h1").textContent + document.title.slice(document.title.indexOf(" · "));
  }

  document.body.addEventListener("htmx:beforeSwap", function () {
    open = Array.from(place.querySelectorAll("details[open][id]"), function (details) { return details.id; });
  });
  document.body.addEventListener("htmx:afterSwap", function () {
    open.forEach(function (id) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    });
    tell();
  });
})();
