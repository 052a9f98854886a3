// Keeps the board up to date without loading it anew: asks for what changed and waits for the answer.
"use strict";
(function () {
  var board = document.getElementById("board"), lost = document.getElementById("lost"), stamp = document.getElementById("stamp");
  var address = "/live?" + (document.documentElement.lang === "en" ? "en" : "zh");
  var tag = "", failures = 0;

  function soon(seconds) { window.setTimeout(ask, seconds * 1000); }

  function answered(request, asked) {
    failures = 0;
    lost.hidden = true;
    stamp.textContent = stamp.getAttribute("data-label") + " " + new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    if (request.status === 200) {
      tag = request.getResponseHeader("ETag") || "";
      if (board.innerHTML !== request.responseText) { board.innerHTML = request.responseText; }
    }
    // nothing new, and that at once: too many wait already
    soon(request.status === 304 && Date.now() - asked < 2000 ? 5 : 0.2);
  }

  function failed() {
    failures += 1;
    lost.hidden = failures < 2;
    soon(Math.min(30, 2 * failures));
  }

  function ask() {
    var request = new XMLHttpRequest(), asked = Date.now();
    request.open("GET", address);
    request.timeout = 60000;
    if (tag) { request.setRequestHeader("If-None-Match", tag); }
    request.onload = function () {
      if (request.status === 200 || request.status === 304) { answered(request, asked); } else { failed(); }
    };
    request.onerror = request.ontimeout = failed;
    request.send();
  }

  ask();
}());
