// A card's points: what moved them, and how far the next tier is.
import { ask, at, locale, onPress, say, visit, words } from "./page.js";
import { openCards } from "./cards.js";
import { cardName, discount, hintRow, moment, tierName } from "./wording.js";

const PROMOTION = "promotion: ";
let card = null;
let cursor = null;

const page = (more) => ask("GET", `/api/v1/me/cards/${card.card_id}/points?limit=20${more}`);

export function openPoints(which) {
  card = which;
  return visit("points", () => page(""), (found) => {
    const next = found.next_tier;
    at("points-card").textContent = cardName(card);
    at("points-box").dataset.type = card.card_type;
    at("points-now").textContent = found.points.toLocaleString(locale);
    at("points-tier").textContent = [tierName(found.tier), discount(found.rate)].filter(Boolean).join(words.list_comma);
    at("points-next").textContent = next ? nextText(next) : words.highest_tier;
    at("points-progress").max = next?.from_points ?? 1;
    at("points-progress").value = next ? found.points : 1;
    at("points-list").replaceChildren();
    add(found);
    if (!found.items.length) at("points-list").append(hintRow(words.no_points));
  });
}

function nextText(next) {
  const known = { missing: next.missing.toLocaleString(locale), tier: tierName(next.tier) };
  const rate = discount(next.rate);
  return rate ? say("next_tier_rate", { ...known, rate }) : say("next_tier", known);
}

function why(reason) {
  if (reason.startsWith(PROMOTION)) return say("promotion", { name: reason.slice(PROMOTION.length) });
  return words[`kind_${reason}`] ?? reason;
}

function add(found) {
  const sign = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  for (const item of found.items) {
    const drawn = at("change-template").content.cloneNode(true);
    drawn.querySelector(".why").textContent = why(item.reason);
    drawn.querySelector(".amount").textContent = sign.format(item.change);
    const place = [item.tx_no, say("points_after", { points: item.after.toLocaleString(locale) })];
    drawn.querySelector("small").textContent = `${moment(item.at)}\n${place.filter(Boolean).join(" · ")}`;
    at("points-list").append(drawn);
  }
  cursor = found.next_cursor;
  at("points-more").hidden = !cursor;
}

onPress(at("points-more"), "click", async (isHere) => {
  const found = await page(`&cursor=${cursor}`);
  if (isHere()) add(found);
});
onPress(at("points-back"), "click", openCards);
