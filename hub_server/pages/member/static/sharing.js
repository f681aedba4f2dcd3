// An owner's view of a shared card: who is on it, who waits, and the password by which others come to it.
import { allOf, ask, at, onLeaving, onPress, Problem, say, state, tellNews, visit, words } from "./page.js";
import { askToLeave, openCards } from "./cards.js";
import { openCaps } from "./caps.js";
import { openInviting } from "./inviting.js";
import { askFirst } from "./questions.js";
import { capLines, cardName, hintRow, moment, roleName } from "./wording.js";

let card = null;
const onCard = (path) => `/api/v1/me/cards/${card.card_id}/${path}`;
const SPENDING = ["admin", "member"];

export function openSharing(which) {
  card = which;
  const asked = () =>
    Promise.all([
      ask("GET", onCard("bindings")),
      allOf(onCard("binding-requests")),
      ask("GET", `/m/cards/${card.card_id}/sharing`),
    ]);
  return visit("sharing", asked, ([bound, waiting, { has_password }]) => {
    const owners = bound.items.filter((binding) => binding.role === "owner").length;
    at("sharing-card").textContent = cardName(card);
    at("invite").hidden = card.status !== "active";
    at("requests").hidden = !waiting.length;
    at("request-list").replaceChildren(...waiting.map(drawRequest));
    const ownFirst = [...bound.items].sort((one, other) => isSelf(other) - isSelf(one));
    const people = ownFirst.map((binding) => drawPerson(binding, owners));
    if (people.length === 1) people.push(hintRow(words.nobody_else));
    at("people-list").replaceChildren(...people);
    at("password-form").reset();
    at("password-state").textContent = has_password ? words.password_is_set : words.password_is_none;
    at("password-save").textContent = has_password ? words.password_change : words.password_set;
    at("password-clear").hidden = !has_password;
  });
}

async function changed(isHere, news) {
  if (!isHere()) return;
  await openSharing(card);
  tellNews(news);
}

// Requests

function drawRequest(request) {
  const drawn = at("request-template").content.cloneNode(true);
  const part = (name) => drawn.querySelector(name);
  const wish = { phone: request.phone_end, role: roleName(request.role), time: moment(request.asked_at) };
  part(".person-name").textContent = request.name;
  part("small").textContent = say("request_text", wish);
  const answer = async (how, isHere, news) => {
    await ask("POST", onCard(`binding-requests/${request.id}/${how}`));
    await changed(isHere, news);
  };
  const about = { name: request.name, role: roleName(request.role) };
  onPress(part(".confirm"), "click", (isHere) => answer("confirm", isHere, say("confirmed", about)));
  onPress(part(".refuse"), "click", (isHere) => answer("refuse", isHere, say("refused", about)));
  nameButtons(drawn, request.name);
  return drawn;
}

// People

const isSelf = (binding) => binding.member_id === state.member.id;

function drawPerson(binding, owners) {
  const drawn = at("person-template").content.cloneNode(true);
  const part = (name) => drawn.querySelector(name);
  const maySpendUnderCaps = SPENDING.includes(binding.role);
  const caps = maySpendUnderCaps ? capLines(binding.caps, card.currency) : [];
  if (maySpendUnderCaps && !caps.length) caps.push(words.no_caps);
  part(".person-name").textContent = isSelf(binding) ? say("yourself", { name: binding.name }) : binding.name;
  part("small").textContent = [roleName(binding.role), ...caps].join("\n");
  part(".caps").hidden = !maySpendUnderCaps;
  part(".remove").hidden = isSelf(binding);
  part(".leave").hidden = !isSelf(binding) || owners < 2;
  part(".choices").hidden = isSelf(binding) && owners < 2;
  nameButtons(drawn, binding.name);
  onPress(part(".caps"), "click", () => openCaps(card, binding));
  onPress(part(".remove"), "click", () => askToRemove(binding));
  onPress(part(".leave"), "click", () => askToLeave(card, () => openSharing(card)));
  return drawn;
}

function nameButtons(drawn, name) {
  for (const button of drawn.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent} ${name}`);
  }
}

function askToRemove(binding) {
  askFirst({
    title: say("remove_title", { name: binding.name }),
    card: cardName(card),
    text: words.remove_text,
    yes: words.remove,
    no: words.cancel,
    isDanger: true,
    onNo: () => openSharing(card),
    onYes: async (isHere) => {
      await ask("DELETE", `/api/v1/me/bindings/${binding.id}`);
      await changed(isHere, say("removed", { name: binding.name }));
    },
  });
}

// The password

onPress(at("password-form"), "submit", async (isHere) => {
  const password = at("password-input").value;
  const bytes = new TextEncoder().encode(password.normalize("NFC")).length;
  if (bytes < 6 || bytes > 72) {
    at("password-input").focus();
    throw new Problem("INVALID_REQUEST", words.password_wrong);
  }
  await ask("PUT", onCard("binding-password"), { password });
  await changed(isHere, words.password_saved);
});

onPress(at("password-clear"), "click", async (isHere) => {
  await ask("PUT", onCard("binding-password"), { password: null });
  await changed(isHere, words.password_cleared);
});

onLeaving("sharing", () => at("password-form").reset());
onPress(at("invite"), "click", () => openInviting(card));
onPress(at("sharing-back"), "click", openCards);
