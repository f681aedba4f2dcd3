"""The one catalogue of what the member's page says, in Traditional Chinese and English (domain.md, Words)."""

from hub_server.pages.member.sharing_words import SHARING_TEXTS
from hub_server.pages.member.text import Text
from shared.problems import Code, Language

TEXTS: dict[str, Text] = {
    "title": Text("會員付款碼", "Member payment code"),
    "brand": Text("MPS 會員", "MPS Member"),
    "list_comma": Text("、", ", "),
    "other_language": Text("English", "中文"),
    "loading": Text("請稍候…", "One moment…"),
    "needs_script": Text("這個頁面需要啟用 JavaScript。", "This page needs JavaScript."),
    # Signing in
    "phone_title": Text("登入或註冊", "Sign in or register"),
    "phone_label": Text("手機號碼", "Mobile number"),
    "phone_hint": Text("我們會用簡訊傳 6 位數驗證碼給您。", "We will text you a six-digit code."),
    "send": Text("傳送驗證碼", "Send the code"),
    "otp_title": Text("輸入驗證碼", "Enter the code"),
    "otp_label": Text("驗證碼（6 位數）", "Code (6 digits)"),
    "otp_sent": Text("已用簡訊傳到 {phone}。", "Sent by text message to {phone}."),
    "sign_in": Text("確認", "Confirm"),
    "resend": Text("重新傳送", "Send again"),
    "resend_wait": Text("{seconds} 秒後可重新傳送", "Send again in {seconds} s"),
    "other_phone": Text("換一支號碼", "Use another number"),
    "name_title": Text("歡迎加入", "Welcome"),
    "name_lead": Text(
        "這支號碼還沒註冊。填寫姓名，就會得到一張標準卡。",
        "This number is new here. Give your name and you get a standard card.",
    ),
    "name_label": Text("姓名", "Name"),
    "register": Text("註冊", "Register"),
    "sign_out": Text("登出", "Sign out"),
    # Cards
    "cards_title": Text("我的卡片", "My cards"),
    "hello": Text("{name}，您好", "Hello, {name}"),
    "balance": Text("餘額", "Balance"),
    "points": Text("積分", "Points"),
    "no_cards": Text("還沒有卡片。", "No cards yet."),
    "show_code": Text("出示付款碼", "Show payment code"),
    "viewer": Text("只能查看，不能付款", "View only, cannot pay"),
    "discount": Text("付款 {fold} 折", "{percent}% off"),
    "card_standard": Text("標準卡", "Standard card"),
    "card_prepaid": Text("預付卡", "Prepaid card"),
    "card_corporate": Text("企業卡", "Corporate card"),
    "card_voucher": Text("優惠券卡", "Voucher card"),
    "tier_0": Text("普通", "Regular"),
    "tier_1": Text("銀卡", "Silver"),
    "tier_2": Text("金卡", "Gold"),
    "tier_3": Text("鑽石", "Diamond"),
    "status_frozen": Text("已凍結", "Frozen"),
    "status_lost": Text("已掛失", "Reported lost"),
    "status_expired": Text("已到期", "Expired"),
    "status_closed": Text("已銷戶", "Closed"),
    "history": Text("最近交易", "Recent transactions"),
    "no_history": Text("還沒有交易。", "No transactions yet."),
    "kind_charge": Text("扣款", "Charge"),
    "kind_refund": Text("退款", "Refund"),
    "kind_reversal": Text("沖正", "Reversal"),
    "kind_top_up": Text("充值", "Top-up"),
    "kind_adjustment": Text("調整", "Adjustment"),
    "kind_demo": Text("示範資料", "Demo data"),
    # The code
    "code_title": Text("付款碼", "Payment code"),
    "code_lead": Text("請收銀員掃描", "Let the cashier scan this"),
    "code_alt": Text("付款碼的 QR 圖", "QR of the payment code"),
    "expires_in": Text("還有 {time} 有效", "Valid for {time}"),
    "revoke": Text("撤銷付款碼", "Revoke this code"),
    "new_code": Text("產生新的付款碼", "Make a new code"),
    "back": Text("回到卡片", "Back to the cards"),
    "code_expired": Text(
        "付款碼已過期，不能再用。需要付款時請產生新的。",
        "The code has expired and works no more. Make a new one when you pay.",
    ),
    "code_revoked": Text("付款碼已撤銷，不能再用。", "The code is revoked and works no more."),
    "code_replaced": Text(
        "這張卡在別處產生了新的付款碼，這個不能再用。",
        "A newer code was made for this card elsewhere; this one works no more.",
    ),
    "code_consumed": Text("付款碼已使用。", "The code has been used."),
    "paid": Text("已付款", "Paid"),
    "offline": Text(
        "目前沒有網路。畫面上的付款碼在期限內仍可出示。",
        "No connection. A code on the screen can still be shown until it expires.",
    ),
    # A card's points
    "points_open": Text("積分紀錄", "Points"),
    "points_history": Text("積分紀錄", "History"),
    "next_tier": Text("再 {missing} 分升為{tier}", "{missing} more to {tier}"),
    "next_tier_rate": Text("再 {missing} 分升為{tier}（{rate}）", "{missing} more to {tier} ({rate})"),
    "highest_tier": Text("已是最高等級。", "You are in the highest tier."),
    "points_after": Text("共 {points} 分", "{points} in all"),
    "promotion": Text("優惠活動：{name}", "Promotion: {name}"),
    "no_points": Text("還沒有積分紀錄。", "No points yet."),
    "more": Text("顯示更多", "Show more"),
} | SHARING_TEXTS

ERRORS: dict[Code, Text] = {
    Code.PHONE_INVALID: Text(
        "手機號碼不正確。請檢查後再試。", "This is not a valid mobile number. Check it and try again."
    ),
    Code.OTP_INVALID: Text(
        "驗證碼錯誤或已過期。請再輸入一次，或重新傳送。",
        "The code is wrong or has expired. Try again or have it sent again.",
    ),
    Code.RATE_LIMITED: Text(
        "次數太多，請在 {seconds} 秒後再試。", "Too many attempts. Try again in {seconds} s."
    ),
    Code.PHONE_ALREADY_REGISTERED: Text(
        "這支號碼已經註冊。請重新登入。", "This number is registered already. Sign in instead."
    ),
    Code.UNAUTHENTICATED: Text("登入已過期。請重新登入。", "Your session has ended. Sign in again."),
    Code.INVALID_REQUEST: Text(
        "內容不正確。請檢查後再試。", "Something is not right. Check it and try again."
    ),
    Code.MEMBER_NOT_ACTIVE: Text(
        "您的會員資格已停用，暫時不能這樣做。", "Your membership is suspended; you cannot do this now."
    ),
    Code.CARD_NOT_ACTIVE: Text("這張卡目前不能使用。", "This card cannot be used at present."),
    Code.CARD_EXPIRED: Text("這張卡已到期。請換一張卡。", "This card has expired. Use another one."),
    Code.CARD_NOT_FOUND: Text("找不到這張卡。", "There is no such card."),
    Code.FORBIDDEN: Text("您沒有這張卡片的這項權限。", "Your role on this card does not allow this."),
    Code.BINDING_LOCKED: Text(
        "密碼錯誤次數過多，這張卡片暫時不能加入。請在 {minutes} 分鐘後再試。",
        "Too many wrong passwords: nobody can be added to this card now. Try again in {minutes} min.",
    ),
    Code.SYSTEM_BUSY: Text("系統忙線，請再試一次。", "The system is busy. Try again."),
    Code.INTERNAL_ERROR: Text(
        "系統出了問題，請稍後再試。", "Something went wrong on our side. Try again later."
    ),
}
"""What an error means to the member; a code that is not here shows the catalogue's own title."""


def words_in(language: Language) -> dict[str, str]:
    """Every text of the page in one language; an error's key is its code."""
    texts = {key: text.of(language) for key, text in TEXTS.items()}
    return texts | {code.value: text.of(language) for code, text in ERRORS.items()}
