// A file dropped onto the frame is sent at once; without this script the field beside it does the same.
(function () {
  "use strict";

  const frame = document.querySelector("[data-drop]");
  if (!frame || !("DataTransfer" in window)) return;
  const field = frame.querySelector("input[type=file]");
  frame.classList.add("ready");

  function over(event) {
    event.preventDefault();
    frame.classList.add("over");
  }

  function away() {
    frame.classList.remove("over");
  }

  function drop(event) {
    event.preventDefault();
    away();
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer(); // a field for one file refuses several
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    field.form.requestSubmit();
  }

  frame.addEventListener("dragenter", over);
  frame.addEventListener("dragover", over);
  frame.addEventListener("dragleave", away);
  frame.addEventListener("drop", drop);
})();
