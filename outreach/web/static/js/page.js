// What every page does: change the theme without a reload, open and close dialogs, show a password.
(function () {
  "use strict";

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function nameSwitch(link) {
    const to = isDark() ? "light" : "dark";
    const address = new URL(link.href);
    address.searchParams.set("to", to);
    link.href = address.href;
    link.setAttribute("aria-label", to === "dark" ? link.dataset.toDark : link.dataset.toLight);
  }

  function changeTheme(event) {
    const link = event.target.closest("[data-theme-switch]");
    if (!link) return;
    event.preventDefault();
    nameSwitch(link);
    const theme = new URL(link.href).searchParams.get("to");
    document.documentElement.dataset.theme = theme;
    document.querySelectorAll("iframe").forEach(function (frame) {
      if (frame.contentDocument) frame.contentDocument.documentElement.dataset.theme = theme;
    });
    fetch(link.href, { redirect: "manual" }); // the answer sets the cookie
    nameSwitch(link);
  }

  function openOrClose(event) {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    const closer = event.target.closest("[data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }

  function showPassword(event) {
    if (!event.target.matches("[data-show-password]")) return;
    event.target.form.querySelectorAll("[autocomplete$=password]").forEach(function (input) {
      input.type = event.target.checked ? "text" : "password";
    });
  }

  // addresses that people keep and share name only the filters in use
  function leaveOutEmpty(event) {
    if (event.detail.verb !== "get") return;
    Object.keys(event.detail.parameters).forEach(function (name) {
      if (event.detail.parameters[name] === "") delete event.detail.parameters[name];
    });
  }

  document.body.addEventListener("htmx:configRequest", leaveOutEmpty);
  document.addEventListener("click", changeTheme);
  document.addEventListener("click", openOrClose);
  document.addEventListener("change", showPassword);
  document.addEventListener("keydown", function (event) {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.querySelectorAll("[data-theme-switch]").forEach(nameSwitch);
  const section = document.querySelector(".mainnav [aria-current]");
  if (section) section.scrollIntoView({ block: "nearest", inline: "center" });
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
