"""What the page looks like and what it does in the browser: strokes as points in time, kept as vectors, sent once."""

STYLE = """
:root { color-scheme: only light; }
body { margin: 0 auto; max-width: 48rem; padding: 1rem; color: #000; background: #fff;
  font: 1.5rem/1.6 system-ui, sans-serif; }
#text { white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: anywhere; }
#who { font-weight: bold; margin: 1.5rem 0 0; }
p { margin: .3rem 0; }
#pad { display: block; width: 100%; height: 45vh; min-height: 12rem; border: 3px solid #000; touch-action: none;
  box-sizing: border-box; cursor: crosshair; }
#keys { display: flex; flex-wrap: wrap; gap: .7rem; margin: .7rem 0 0; }
button { font: inherit; padding: .5rem 1.2rem; min-height: 3.5rem; color: #000; background: #fff;
  border: 3px solid #000; }
button:focus-visible { outline: 4px solid #00f; outline-offset: 2px; }
#done { color: #fff; background: #000; }
#said { font-weight: bold; min-height: 2.5rem; }
"""

SCRIPT = """
"use strict";
const id = (name) => document.getElementById(name);
const told = JSON.parse(id("told").textContent), say = told.say;
const pad = id("pad"), text = id("text"), strokes = [];
let began = null, pointer = null, seen = 0, meant = "", over = false;
const speak = (words) => { id("said").textContent = words; };
const look = () => {
  const box = text.getBoundingClientRect();
  const part = box.height > 0 ? (window.innerHeight - box.top) / box.height : 0;
  seen = Math.max(seen, Math.min(100, Math.max(0, Math.round(100 * part))));
};
const draw = () => {
  const scale = window.devicePixelRatio || 1, box = pad.getBoundingClientRect();
  pad.width = Math.round(box.width * scale);
  pad.height = Math.round(box.height * scale);
  const pen = pad.getContext("2d");
  pen.scale(scale, scale);
  pen.lineWidth = 1;
  pen.strokeStyle = "#777";
  pen.beginPath();
  pen.moveTo(16, box.height * 0.75);
  pen.lineTo(box.width - 16, box.height * 0.75);
  pen.stroke();
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#000";
  for (const stroke of strokes) {
    pen.beginPath();
    pen.moveTo(stroke[0][0], stroke[0][1]);
    for (const [x, y] of stroke) pen.lineTo(x, y);
    pen.stroke();
  }
};
const add = (event) => {
  const box = pad.getBoundingClientRect();
  if (began === null) began = event.timeStamp;
  const stroke = strokes[strokes.length - 1];
  const last = stroke.length ? stroke[stroke.length - 1][2] : 0;
  const at = Math.max(last, (event.timeStamp - began) / 1000);
  stroke.push([event.clientX - box.left - 3, event.clientY - box.top - 3, at]);
};
pad.addEventListener("pointerdown", (event) => {
  if (over || pointer !== null || event.button > 0) return;
  event.preventDefault();
  pointer = event.pointerId;
  pad.setPointerCapture(pointer);
  strokes.push([]);
  add(event);
  speak("");
  draw();
});
pad.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const each of between.length ? between : [event]) add(each);
  draw();
});
const lift = (event) => { if (event.pointerId === pointer) pointer = null; };
pad.addEventListener("pointerup", lift);
pad.addEventListener("pointercancel", lift);
const end = (words) => {
  over = true;
  strokes.length = 0;
  id("main").remove();
  speak(words);
};
const send = async (method) => {
  if (over) return;
  over = true;
  look();
  const drawn = method === "drawn" ? strokes : [];
  const body = JSON.stringify({ method, strokes: drawn, read_to: seen });
  try {
    const answer = await fetch(location.pathname, {
      method: "POST", headers: { "Content-Type": "application/json" }, body, redirect: "error",
    });
    if (answer.ok) return end(say.kept);
    over = false;
    speak(say.lost);
  } catch (_) {
    over = false;
    speak(say.lost);
  }
};
id("done").addEventListener("click", () => {
  if (strokes.some((stroke) => stroke.length > 1)) send("drawn"); else speak(say.empty);
});
id("again").addEventListener("click", () => { strokes.pop(); speak(""); draw(); });
id("ask").addEventListener("click", () => speak(say.asked));
const twice = (name, method) => id(name).addEventListener("click", () => {
  if (meant === name) return send(method);
  meant = name;
  speak(say.sure);
});
twice("later", "not-today");
twice("no", "refused");
window.addEventListener("scroll", look, { passive: true });
window.addEventListener("resize", () => { look(); draw(); });
setTimeout(() => { if (id("main")) end(say.over); }, told.life * 1000);
look();
draw();
"""
