// The member's cards and what moved on them; from here everything else is reached.
import { allOf, ask, at, locale, onPress, say, state, tellNews, visit, words } from "./page.js";
import { capLines, cardName, discount, hintRow, moment, money, roleName, tierName } from "./wording.js";
import { openCode } from "./code.js";
import { openPoints } from "./points.js";
import { askFirst } from "./questions.js";
import { openSharing } from "./sharing.js";

const WITH_POINTS = ["standard", "prepaid"]; // points and tiers go together
const SHAREABLE = ["prepaid", "corporate"];

function noteOn(card) {
  if (card.status !== "active") return words[`status_${card.status}`];
  if (card.role === "viewer") return words.viewer;
  return [discount(card.rate), ...capLines(card.caps, card.currency)].filter(Boolean).join("\n");
}

function drawCard(card) {
  const drawn = at("card-template").content.cloneNode(true);
  const part = (name) => drawn.querySelector(name);
  const hasPoints = WITH_POINTS.includes(card.card_type);
  const isOwner = card.role === "owner";
  part(".card").dataset.type = card.card_type;
  part(".card").dataset.cardNo = card.card_no;
  part(".card-type").textContent = words[`card_${card.card_type}`];
  part(".card-tier").textContent = hasPoints ? tierName(card.tier) : "";
  part(".card-role").textContent = isOwner ? "" : roleName(card.role);
  part(".card-no").textContent = card.card_no;
  part(".card-balance").textContent = money(card.balance, card.currency);
  part(".card-points").textContent = card.points.toLocaleString(locale);
  part(".card-points").parentElement.hidden = !hasPoints;
  part(".card-note").textContent = noteOn(card);
  part(".card-show").hidden = card.status !== "active" || card.role === "viewer";
  part(".card-open-points").hidden = !hasPoints;
  part(".card-share").hidden = !isOwner || !SHAREABLE.includes(card.card_type);
  part(".card-leave").hidden = isOwner;
  part(".choices").hidden = !drawn.querySelector(".choices button:not([hidden])");
  for (const button of drawn.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent} ${card.card_no}`);
  }
  onPress(part(".card-show"), "click", (isHere) => openCode(card, isHere));
  onPress(part(".card-open-points"), "click", () => openPoints(card));
  onPress(part(".card-share"), "click", () => openSharing(card));
  onPress(part(".card-leave"), "click", () => askToLeave(card, openCards));
  return drawn;
}

function drawMovement(item) {
  const row = document.createElement("li");
  const what = document.createElement("span");
  const when = document.createElement("small");
  const amount = document.createElement("span");
  what.textContent = words[`kind_${item.type}`] ?? item.type;
  when.textContent = `${moment(item.completed_at)}\n${item.card_no} · ${item.tx_no}`;
  amount.className = "amount";
  amount.textContent = money(item.balance_change, item.currency);
  row.append(what, amount, when);
  return row;
}

export function openCards() {
  const asked = () =>
    Promise.all([
      ask("GET", "/api/v1/me"),
      allOf("/api/v1/me/cards"),
      ask("GET", "/api/v1/me/transactions?limit=10"),
    ]);
  return visit("cards", asked, ([member, cards, movements]) => {
    state.member = member;
    const nothing = Object.assign(document.createElement("p"), { className: "hint", textContent: words.no_cards });
    at("hello").textContent = say("hello", { name: member.name });
    at("card-list").replaceChildren(...(cards.length ? cards.map(drawCard) : [nothing]));
    const rows = movements.items.map(drawMovement);
    at("history-list").replaceChildren(...(rows.length ? rows : [hintRow(words.no_history)]));
  });
}

export function askToLeave(card, goBack) {
  askFirst({
    title: words.leave_title,
    card: cardName(card),
    text: words.leave_text,
    yes: words.leave,
    no: words.cancel,
    isDanger: true,
    onNo: goBack,
    onYes: async () => {
      const bound = await ask("GET", `/api/v1/me/cards/${card.card_id}/bindings`);
      const own = bound.items.find((binding) => binding.member_id === state.member.id);
      if (own) await ask("DELETE", `/api/v1/me/bindings/${own.id}`);
      await openCards();
      tellNews(say("left", { card: cardName(card) }));
    },
  });
}
