// Forms of registers: more rows when one needs them, and a word before leaving what is not saved.
(function () {
  "use strict";

  // ---- rows: the last one is always empty; whoever fills it gets another

  function isEmpty(row) {
    return Array.from(row.querySelectorAll("input:not([type=checkbox]), textarea")).every(function (input) {
      return input.value === "";
    });
  }

  function renumber(row, from, to) {
    row.querySelectorAll("[name]").forEach(function (input) {
      input.name = input.name.replace("." + from + ".", "." + to + ".");
    });
    if (row.id) row.id = row.id.replace("." + from, "." + to);
  }

  function addRow(rows) {
    const last = rows.lastElementChild;
    const copy = last.cloneNode(true);
    const number = Number(last.id.split(".").pop());
    renumber(copy, number, number + 1);
    copy.classList.remove("field-error");
    copy.querySelectorAll(".msg").forEach(function (text) { text.remove(); });
    copy.querySelectorAll("input:not([type=checkbox])").forEach(function (input) { input.value = ""; });
    copy.querySelectorAll("[type=checkbox]").forEach(function (box) { box.checked = false; });
    rows.append(copy);
  }

  document.addEventListener("input", function (event) {
    const row = event.target.closest("[data-row]");
    if (row && !row.nextElementSibling && !isEmpty(row)) addRow(row.parentElement);
  });

  // ---- clocks: 730, 7h30 and 7.30 are half past seven

  document.addEventListener("change", function (event) {
    if (!event.target.matches("[data-clock]")) return;
    const found = /^(\d{1,2})(?:\s*[:hHg.]\s*(\d{2})?|(\d{2}))?$/.exec(event.target.value.trim());
    if (!found) return;
    const hours = found[1].padStart(2, "0");
    const minutes = found[2] || found[3] || "00";
    if (Number(hours) < 24 && Number(minutes) < 60) event.target.value = hours + ":" + minutes;
  });

  // ---- a reference by its code: say beside it what it is called

  function sayFound(input) {
    const said = document.querySelector('[data-found="' + input.getAttribute("list") + '"]');
    if (!said) return;
    const option = Array.from(input.list.options).find(function (one) { return one.value === input.value; });
    if (option || input.value === "") said.textContent = option ? option.label : "";
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("input[list]")) sayFound(event.target);
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.matches("datalist")) {
      document.querySelectorAll('input[list="' + event.target.id + '"]').forEach(sayFound);
    }
  });

  // ---- a first day without a last one is one day; the last cannot come before the first

  document.addEventListener("change", function (event) {
    const first = event.target.closest('input[type="date"][name$="first"], input[type="date"][name="first_day"]');
    if (!first || !first.form) return;
    const name = first.name === "first_day" ? "last_day" : first.name.replace(/first$/, "last");
    const last = first.form.elements[name];
    if (last && last.type === "date") last.min = first.value;
  });

  // ---- what is not saved

  const guarded = document.querySelector("form[data-guard]");
  if (guarded) {
    const kept = function () { return new URLSearchParams(new FormData(guarded)).toString(); };
    const before = kept();
    const refused = document.querySelector("[data-focus]") !== null; // unsaved from the start
    let sending = false;
    guarded.addEventListener("submit", function () { sending = true; });
    addEventListener("beforeunload", function (event) {
      if (!sending && (refused || kept() !== before)) event.preventDefault();
    });
    guarded.addEventListener("keydown", function (event) {
      if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        guarded.requestSubmit(guarded.querySelector("button.primary"));
      }
    });
  }
})();
