// How the page writes what the hub answers: money, times, cards, roles, rates. Amounts are minor units.
import { digits, locale, Problem, say, words } from "./page.js";

export function money(minor, currency) {
  const amount = (Math.abs(minor) / 10 ** digits).toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${minor < 0 ? "-" : ""}${amount} ${currency}`;
}

// What is typed, as minor units; null for nothing. Digits are moved, never multiplied: no float comes near it.
export function typedMoney(text) {
  const typed = text.normalize("NFKC").replace(/\s/g, "");
  if (typed === "") return null;
  const parts = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/.exec(typed);
  const fraction = parts?.[2] ?? "";
  const minor = parts && Number(parts[1].replaceAll(",", "") + fraction.padEnd(digits, "0"));
  if (!parts || fraction.length > digits || !Number.isSafeInteger(minor) || minor < 1) {
    throw new Problem("INVALID_AMOUNT", words.amount_wrong);
  }
  return minor;
}

// The other way, for an input.
export function asTyped(minor) {
  if (minor === null) return "";
  const all = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

export function moment(instant) {
  return new Date(instant).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

export function cardName(card) {
  return `${words[`card_${card.card_type}`]} ${card.card_no}`;
}

export function roleName(role) {
  return words[`role_${role}`] ?? role;
}

export function tierName(tier) {
  return words[`tier_${tier}`] ?? String(tier);
}

export function discount(rate) {
  if (rate === 10000) return "";
  const fold = rate % 1000 === 0 ? rate / 1000 : rate / 100;
  return say("discount", { fold, percent: (10000 - rate) / 100 });
}

export function capLines(caps, currency) {
  const parts = [];
  if (caps.cap_per_charge !== null) parts.push(say("cap_charge", { amount: money(caps.cap_per_charge, currency) }));
  if (caps.cap_per_day !== null) parts.push(say("cap_day", { amount: money(caps.cap_per_day, currency) }));
  return parts;
}

export function hintRow(text) {
  const row = document.createElement("li");
  row.className = "hint";
  row.textContent = text;
  return row;
}
