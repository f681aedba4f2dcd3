// Asked before anything that cannot be taken back, and what came of it.
import { at, onPress, show } from "./page.js";
import { openCards } from "./cards.js";

let question = null;

export function askFirst(asked) {
  question = asked;
  at("question-title").textContent = asked.title;
  at("question-card").textContent = asked.card ?? "";
  at("question-text").textContent = asked.text;
  at("question-yes").textContent = asked.yes;
  at("question-yes").className = asked.isDanger ? "danger" : "action";
  at("question-no").textContent = asked.no;
  show("question");
}

onPress(at("question-yes"), "click", (isHere) => question.onYes(isHere));
onPress(at("question-no"), "click", () => question.onNo());

export function showOutcome({ title, text, isGood }) {
  at("outcome-title").textContent = title;
  at("outcome-text").textContent = text;
  at("outcome-text").classList.toggle("good", isGood);
  show("outcome");
}

onPress(at("outcome-cards"), "click", openCards);
