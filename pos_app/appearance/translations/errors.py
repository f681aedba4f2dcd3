"""What the terminal says about each error code: what happened, what it means for the money, what to do next.

`SENTENCES` is the wording of a charge that was refused (design.md 3). `REASONS` is the short form of the same, which says
nothing of the money: inside doubt, where nobody knows, and in 待處理.
"""

from pos_app.appearance.translations.text import Text
from shared.problems import Code

_NOT_CHARGED_CALL = "未收款。請找店長。"

SENTENCES: dict[Code, Text] = {
    Code.INVALID_QR: Text(
        "這不是付款碼。未收款。請會員開啟「付款碼」再掃。",
        "Not a payment code. Not charged. Open the payment code.",
    ),
    Code.QR_EXPIRED: Text(
        "付款碼過期。未收款。請會員更新後掃新碼。", "Code expired. Not charged. Scan a fresh one."
    ),
    Code.QR_REVOKED: Text(
        "付款碼已換掉。未收款。請會員重新產生。", "Code replaced. Not charged. Make a new one."
    ),
    Code.QR_ALREADY_USED: Text(
        "這個碼已收過一次。這筆未收款，但上一筆可能已成功：先按 F3 查。",
        "Code already used. Not charged again; check F3 first.",
    ),
    Code.INSUFFICIENT_BALANCE: Text(
        "餘額不足。未收款。請充值、換卡或改用其他方式。",
        "Not enough balance. Not charged. Top up, other card, or pay otherwise.",
    ),
    Code.CARD_NOT_ACTIVE: Text("這張卡不能用。未收款。請換卡。", "Card unusable. Not charged. Use another."),
    Code.CARD_EXPIRED: Text("卡片到期。未收款。請換卡。", "Card expired. Not charged. Use another."),
    Code.LIMIT_EXCEEDED: Text(
        "超過卡片限額。未收款。請換卡。", "Over the card's limit. Not charged. Use another."
    ),
    Code.SYSTEM_BUSY: Text(
        "平台忙線。還沒有結果。正自動重送同一筆，不會重複收。",
        "Busy. No result yet. Resending the same charge.",
    ),
    Code.SERVICE_SUSPENDED: Text(
        "平台暫停收款。這筆已取消。請改用其他方式。", "Payments suspended. Cancelled. Pay otherwise."
    ),
    Code.TERMINAL_NOT_ACTIVE: Text(
        "終端已停用。這筆已取消，待上傳的都保留。請找店長。",
        "Terminal stopped. Cancelled; waiting ones kept. Call the manager.",
    ),
    Code.OFFLINE_LIMIT_EXCEEDED: Text(
        "超過離線額度。未收款。請用會員手機代送。",
        "Over the offline limit. Not charged. Use the member's phone.",
    ),
    Code.OFFLINE_NOT_ALLOWED: Text(
        "這筆不能離線收款。未收款。請恢復連線後再收。",
        "Cannot be charged offline. Not charged. Reconnect first.",
    ),
    Code.CLOCK_IMPLAUSIBLE: Text(
        "終端時間不對。未收款。連線校時後再收。", "Clock wrong. Not charged. Reconnect first."
    ),
    Code.MERCHANT_NOT_ACTIVE: Text(
        "商戶已停用。這筆已取消。請找店長。", "Merchant suspended. Cancelled. Call the manager."
    ),
    Code.TX_NOT_FOUND: Text(
        "查無這筆交易。尚未退款。請核對單號。", "No such transaction. Not refunded. Check the number."
    ),
    Code.NOT_REFUNDABLE: Text(
        "這筆不能退款。尚未退款。請找店長。", "Cannot be refunded. Not refunded. Call the manager."
    ),
    Code.MANAGER_APPROVAL_REQUIRED: Text("需要店長授權。尚未退款。", "A manager must approve. Not refunded."),
    Code.REFUND_EXCEEDS_REMAINING: Text(
        "超過可退的金額。尚未退款。請改金額。", "More than is left. Not refunded. Change the amount."
    ),
    Code.INVALID_AMOUNT: Text(
        "金額不對。未收款。請重新輸入金額。", "The amount is not valid. Not charged. Enter it again."
    ),
    Code.CURRENCY_MISMATCH: Text(
        "付款碼的幣別不同。未收款。請換卡。", "Another currency. Not charged. Use another card."
    ),
    Code.MEMBER_NOT_ACTIVE: Text(
        "會員已停用。未收款。請改用其他方式。", "The member is suspended. Not charged. Pay otherwise."
    ),
    Code.INVALID_REQUEST: Text(
        f"平台看不懂這筆。{_NOT_CHARGED_CALL}", "The hub refused the form. Not charged. Call the manager."
    ),
    Code.UNAUTHENTICATED: Text(
        f"終端沒有登入平台。{_NOT_CHARGED_CALL}", "Not signed in at the hub. Not charged. Call the manager."
    ),
    Code.FORBIDDEN: Text(
        f"這台終端沒有權限。{_NOT_CHARGED_CALL}", "This terminal may not. Not charged. Call the manager."
    ),
    Code.NOT_FOUND: Text(f"查無資料。{_NOT_CHARGED_CALL}", "Nothing found. Not charged. Call the manager."),
    Code.METHOD_NOT_ALLOWED: Text(
        f"平台不支援這項操作。{_NOT_CHARGED_CALL}", "Not supported. Not charged. Call the manager."
    ),
    Code.PAYLOAD_TOO_LARGE: Text(
        f"資料太大。{_NOT_CHARGED_CALL}", "Too large. Not charged. Call the manager."
    ),
    Code.UNSUPPORTED_MEDIA_TYPE: Text(
        f"平台不接受這種資料。{_NOT_CHARGED_CALL}", "Form not accepted. Not charged. Call the manager."
    ),
    Code.UPGRADE_REQUIRED: Text(
        "終端程式太舊。未收款。請店長更新程式。",
        "This program is too old. Not charged. Ask the manager to update.",
    ),
    Code.RATE_LIMITED: Text(
        "平台太忙。還沒有結果。正自動重送同一筆，不會重複收。",
        "Too many requests. No result yet. Resending the same charge.",
    ),
    Code.ENROLMENT_CODE_INVALID: Text(
        "註冊碼錯誤、過期或已使用。終端還沒有註冊。請向店長要新的註冊碼。",
        "The code is wrong, expired or used. Not enrolled. Ask for a new one.",
    ),
    Code.IDEMPOTENCY_CONFLICT: Text(
        f"同一筆收款的內容不一致。{_NOT_CHARGED_CALL}",
        "The same charge came with other content. Not charged. Call the manager.",
    ),
    Code.INVALID_SIGNATURE: Text(
        f"平台不認得這台終端的紀錄。{_NOT_CHARGED_CALL}",
        "The hub does not accept this terminal's record. Not charged. Call the manager.",
    ),
    Code.INVALID_ENTRY: Text(
        f"這筆紀錄的格式不對。{_NOT_CHARGED_CALL}", "The record is malformed. Not charged. Call the manager."
    ),
    Code.JOURNAL_FORK: Text(
        f"終端紀錄與平台不一致，終端已停用。{_NOT_CHARGED_CALL}",
        "This terminal's record differs from the hub's. Not charged. Call the manager.",
    ),
    Code.CHARGE_NOT_FOUND: Text(
        f"平台查無這筆收款。{_NOT_CHARGED_CALL}", "The hub does not know this charge. Call the manager."
    ),
    Code.CONTRADICTORY_ENTRY: Text(
        "與先前的紀錄矛盾，平台不採用。請找店長。", "An earlier record rules it out. Call the manager."
    ),
    Code.PIN_INVALID: Text(
        "PIN 不對。沒有任何變動。請再輸入。", "Wrong PIN. Nothing changed. Enter it again."
    ),
    Code.INTERNAL_ERROR: Text(
        "平台出錯。還沒有結果。正自動重送同一筆，不會重複收。",
        "The hub failed. No result yet. Resending the same charge.",
    ),
    Code.PHONE_INVALID: Text(
        "手機號碼無效。沒有任何變動。請核對號碼。", "Phone number not valid. Nothing changed. Check it."
    ),
    Code.PHONE_ALREADY_REGISTERED: Text(
        "手機號碼已註冊。沒有任何變動。請會員登入。", "Phone number registered. Nothing changed. Sign in."
    ),
    Code.OTP_INVALID: Text(
        "驗證碼錯誤或已過期。沒有任何變動。請再輸入。", "Code wrong or expired. Nothing changed. Try again."
    ),
    Code.EXTERNAL_ID_ALREADY_BOUND: Text(
        "外部身份已被綁定。沒有任何變動。請用原來的會員登入。",
        "Bound to another member. Nothing changed. Sign in as that one.",
    ),
    Code.EXTERNAL_LOGIN_FAILED: Text(
        "第三方登入失敗。沒有任何變動。請再試一次。", "External login failed. Nothing changed. Try again."
    ),
    Code.CARD_NOT_FOUND: Text(
        "查無這張卡。沒有任何變動。請核對卡號。", "No such card. Nothing changed. Check the number."
    ),
    Code.CARD_TYPE_NOT_SHAREABLE: Text(
        "這種卡不能共享。沒有任何變動。", "This type of card cannot be shared. Nothing changed."
    ),
    Code.INVALID_BINDING_PASSWORD: Text(
        "卡片密碼錯誤。沒有任何變動。請再輸入。", "Wrong card password. Nothing changed. Try again."
    ),
    Code.INVITATION_INVALID: Text(
        "邀請無效、過期或已使用。沒有任何變動。請要新的邀請。",
        "Invitation not valid. Nothing changed. Ask for a new one.",
    ),
    Code.BINDING_LOCKED: Text(
        "密碼錯誤太多次，暫時鎖定。沒有任何變動。請稍後再試。",
        "Too many wrong passwords. Nothing changed. Try later.",
    ),
    Code.INVALID_ROLE: Text("角色無效。沒有任何變動。", "The role is not valid. Nothing changed."),
    Code.CANNOT_REMOVE_LAST_OWNER: Text(
        "不能移除最後一位擁有者。沒有任何變動。", "The last owner cannot be removed. Nothing changed."
    ),
    Code.CARD_TYPE_CANNOT_TOP_UP: Text(
        "這種卡不能充值。沒有任何變動。", "This type of card cannot be topped up. Nothing changed."
    ),
    Code.GATEWAY_ERROR: Text(
        "支付通道錯誤。尚未入帳。請稍後再查。", "The gateway failed. Not credited yet. Look again later."
    ),
    Code.WEBHOOK_SIGNATURE_INVALID: Text(
        "支付通知無法驗證。尚未入帳。請找平台。", "The notice cannot be verified. Not credited. Tell the hub."
    ),
    Code.CARD_TYPE_HAS_NO_POINTS: Text(
        "這種卡沒有積分。沒有任何變動。", "This type of card has no points. Nothing changed."
    ),
    Code.SETTLEMENT_EMPTY: Text(
        "此期間沒有交易。沒有任何變動。", "No transaction in the period. Nothing changed."
    ),
}

REASONS: dict[Code, Text] = {
    Code.SYSTEM_BUSY: Text("平台忙線", "the hub is busy"),
    Code.RATE_LIMITED: Text("平台太忙", "too many requests"),
    Code.INTERNAL_ERROR: Text("平台出錯", "the hub failed"),
    Code.SERVICE_SUSPENDED: Text("平台暫停收款", "payments are suspended"),
    Code.OFFLINE_LIMIT_EXCEEDED: Text("超過離線額度", "over the offline limit"),
    Code.OFFLINE_NOT_ALLOWED: Text("這筆不能離線收款", "not allowed offline"),
    Code.CLOCK_IMPLAUSIBLE: Text("終端時間不對", "the clock is wrong"),
    Code.QR_EXPIRED: Text("付款碼過期", "the code expired"),
    Code.QR_REVOKED: Text("付款碼已換掉", "the code was replaced"),
    Code.QR_ALREADY_USED: Text("這個碼已收過一次", "the code was used before"),
    Code.INVALID_QR: Text("付款碼無效", "the code is not valid"),
    Code.CURRENCY_MISMATCH: Text("幣別不同", "another currency"),
    Code.INSUFFICIENT_BALANCE: Text("餘額不足", "not enough balance"),
    Code.CARD_NOT_ACTIVE: Text("這張卡不能用", "the card is unusable"),
    Code.CARD_EXPIRED: Text("卡片到期", "the card expired"),
    Code.LIMIT_EXCEEDED: Text("超過卡片限額", "over the card's limit"),
    Code.TERMINAL_NOT_ACTIVE: Text("終端已停用", "the terminal is stopped"),
    Code.MERCHANT_NOT_ACTIVE: Text("商戶已停用", "the merchant is suspended"),
    Code.CONTRADICTORY_ENTRY: Text("與先前的紀錄矛盾", "an earlier record rules it out"),
    Code.JOURNAL_FORK: Text("終端紀錄與平台不一致", "the records differ"),
    Code.MANAGER_APPROVAL_REQUIRED: Text("需要店長授權", "a manager must approve"),
}
REASON_OTHER = Text("平台不接受", "the hub refused it")
