// The page: sends a question, puts the fragment that comes back in its place. Everything shown is rendered by the server.
"use strict";

const part = (id) => document.getElementById(id);
const token = document.querySelector("meta[name=token]").content;
const form = part("ask"), box = part("question"), answers = part("answers"), working = part("working");
const MODEL_AFTER_MS = 1500; // what is known already is there sooner
let conversation = crypto.randomUUID();

const send = (path, content) => fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Token": token },
  body: JSON.stringify(content),
});

function showProgress() {
  const begun = performance.now(), stage = part("stage"), elapsed = part("elapsed");
  const tick = () => {
    const passed = performance.now() - begun;
    const said = passed < MODEL_AFTER_MS ? stage.dataset.working : stage.dataset.model;
    if (stage.textContent !== said) stage.textContent = said; // said once, not every second
    elapsed.textContent = `${Math.floor(passed / 1000)} ${elapsed.dataset.unit}`;
  };
  tick();
  working.hidden = false;
  const timer = setInterval(tick, 250);
  return () => { clearInterval(timer); working.hidden = true; };
}

function say(text) {
  const article = document.createElement("article"), line = document.createElement("p");
  article.className = "refusal";
  line.className = "says";
  line.textContent = text;
  article.append(line);
  answers.prepend(article);
}

async function ask(question) {
  if (!question.trim() || form.querySelector("button").disabled) return;
  const done = showProgress();
  form.querySelector("button").disabled = true;
  try {
    const response = await send("ask", { question, conversation });
    if (response.ok || response.status === 422) answers.insertAdjacentHTML("afterbegin", await response.text());
    else say(await response.text());
    box.value = "";
    part("offers").hidden = true;
  } catch {
    say(answers.dataset.broken);
  } finally {
    done();
    form.querySelector("button").disabled = false;
    if (matchMedia("(pointer: fine)").matches) box.focus(); // elsewhere a keyboard would cover the answer
  }
  await refreshHistory();
}

async function refreshHistory() {
  try {
    const response = await fetch("history");
    if (response.ok) part("history").innerHTML = await response.text();
  } catch {
    // that the server is gone has been said
  }
}

async function judge(button) {
  const article = button.closest("article"), thumbs = button.closest(".thumbs");
  const content = { question_id: Number(article.dataset.questionId), verdict: button.dataset.verdict };
  try {
    const response = await send("feedback", content);
    thumbs.querySelector(".thanks").textContent = await response.text();
    if (!response.ok) return;
    for (const one of thumbs.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
  } catch {
    thumbs.querySelector(".thanks").textContent = answers.dataset.broken;
  }
}

function sort(button) {
  const head = button.closest("th"), table = button.closest("table"), body = table.tBodies[0];
  const column = head.cellIndex, down = head.getAttribute("aria-sort") === "ascending";
  const isNumber = head.classList.contains("number");
  const value = (row) => row.cells[column].textContent;
  const compare = (a, b) => isNumber ? Number(value(a)) - Number(value(b)) : value(a).localeCompare(value(b));
  const rows = [...body.rows].sort((a, b) => (down ? -1 : 1) * compare(a, b));
  for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...rows);
}

form.addEventListener("submit", (event) => { event.preventDefault(); ask(box.value); });
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.ask) ask(button.dataset.ask);
  else if (button.dataset.verdict) judge(button);
  else if (button.classList.contains("sort")) sort(button);
  else if (button.id === "fresh") { conversation = crypto.randomUUID(); answers.replaceChildren(); part("offers").hidden = false; box.focus(); }
});
