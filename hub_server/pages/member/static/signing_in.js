// From the phone number to a session; a new phone gives a name first.
import { ask, at, every, onPress, Problem, say, show, signedOut, state, tell, words } from "./page.js";
import { arrive, forgetInvitation } from "./joining.js";

async function sendCode() {
  const sent = await ask("POST", "/api/v1/auth/otp", { phone: state.phone });
  state.challenge = sent.challenge_id;
  at("otp-sent").textContent = say("otp_sent", { phone: state.phone });
  at("otp-input").value = "";
  show("otp");
  const from = Date.now() + sent.resend_in * 1000;
  every(1000, () => {
    const seconds = Math.ceil((from - Date.now()) / 1000);
    at("resend").disabled = seconds > 0;
    at("resend").textContent = seconds > 0 ? say("resend_wait", { seconds }) : words.resend;
  });
}

onPress(at("phone-form"), "submit", async () => {
  state.phone = at("phone-input").value.trim();
  if (!state.phone) throw new Problem("PHONE_INVALID", words.PHONE_INVALID);
  await sendCode();
});

onPress(at("otp-form"), "submit", async () => {
  const code = at("otp-input").value.normalize("NFKC").trim();
  if (!/^[0-9]{6}$/.test(code)) throw new Problem("OTP_INVALID", words.OTP_INVALID);
  const signedIn = await ask("POST", "/m/session", { challenge_id: state.challenge, code });
  if (signedIn.is_member) return arrive();
  state.registration = signedIn.registration_token;
  show("name");
});

onPress(at("name-form"), "submit", async () => {
  const name = at("name-input").value.trim();
  if (!name) throw new Problem("INVALID_REQUEST", words.INVALID_REQUEST);
  await ask("POST", "/m/registration", { registration_token: state.registration, name });
  state.registration = "";
  await arrive();
});

at("resend").addEventListener("click", () => sendCode().catch(tell));
at("other-phone").addEventListener("click", () => {
  tell(null);
  show("phone");
});

onPress(at("sign-out"), "click", async () => {
  await ask("POST", "/api/v1/auth/logout");
  forgetInvitation();
  signedOut();
});
