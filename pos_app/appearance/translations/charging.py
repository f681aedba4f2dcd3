"""The words of the charge screen and of the line row (design.md 3)."""

from pos_app.appearance.translations.text import Text

IDLE_PROMPT = Text("輸入金額，或先掃付款碼", "Enter the amount, or scan first")
AMOUNT_PROMPT = Text("請會員出示付款碼", "Ask for the member's code")
CODE_READ = Text("已讀到付款碼", "Code read")
CODE_READ_OF = Text("已讀到付款碼・{offer}　{card}", "Code read ⋅ {offer}  {card}")
OFFER = Text("{tier} {tenths} 折", "{tier}, {percent}% off")
OFFER_NONE = Text("{tier}（無折扣）", "{tier}, no discount")
CODE_PROMPT = Text("輸入金額", "Enter the amount")
CONFIRM = Text("會員實付 {payable}，省 {saved}", "Member pays {payable}, saves {saved}")
CONFIRM_FULL = Text("會員實付 {payable}", "Member pays {payable}")
BEFORE_DISCOUNT = Text(
    "原價 {raw}　{tenths} 折　省 {saved}", "Full price {raw} ⋅ {percent}% off ⋅ saves {saved}"
)
BEFORE_DISCOUNT_NONE = Text("原價 {raw}　無折扣", "Full price {raw} ⋅ no discount")
ENTER_CONFIRMS = Text("按 Enter 或「收款」確認", "Press Enter or Charge to confirm")
WAITING = Text("收款中，請稍候", "Charging…")
CANCELLING = Text("取消中，請稍候", "Cancelling…")
CANCELLING_MEANS = Text("若平台已經收款，會照實顯示。", "If it was already charged, this screen will say so.")
PAID = Text("✓ 已收款", "✓ Paid")
PAID_OFFLINE = Text("✓ 已收款（離線）", "✓ Paid (offline)")
PAID_OFFLINE_MEANS = Text(
    "可以交付商品，連線後自動上傳。", "Hand over the goods; sent when the line returns."
)
OFFLINE_HEADER = Text("離線收款　{number}", "Offline charge  {number}")
TX_NUMBER = Text("單號 {number}", "No. {number}")
POINTS = Text("本次積分 +{earned}　目前 {balance}", "Points +{earned} ⋅ now {balance}")
CARD_LINE = Text("{card_type} ****{last4}　{tier}", "{card_type} ****{last4} ⋅ {tier}")
CARD_SHORT = Text("{card_type} ****{last4}", "{card_type} ****{last4}")
RAW_AND_SAVED = Text("原價 {raw}　省 {saved}", "Full price {raw} ⋅ saved {saved}")
NOT_PAID = Text("✕ 未收款", "✕ Not charged")
IN_DOUBT = Text("？結果未定", "? Unknown")
IN_DOUBT_MEANS = Text(
    "平台沒有回覆：可能已扣款，也可能沒有。先別交付商品，也別重新收款；正在用同一筆再問。",
    "Result unknown. The money may or may not have moved. Don't hand over, don't charge again;"
    " we keep asking with the same charge.",
)
CHOICE_OFFLINE = Text("F5　離線核准", "F5  Approve offline")
CHOICE_OFFLINE_PIN = Text("F5　離線核准（PIN）", "F5  Approve (PIN)")
CHOICE_GIVE_UP = Text("Esc　放棄這筆", "Esc  Give up")
CHOICE_SURE = Text("Enter　確定放棄", "Enter  Yes, give up")
CHOICE_BACK = Text("Esc　繼續等", "Esc  Keep waiting")
SURE_MEANS = Text(
    "放棄後這筆不會成立；若已扣款會自動退回。", "Giving up is final; anything taken goes back by itself."
)
APPROVING = Text("離線核准中…", "Approving offline…")
GIVING_UP = Text("放棄中…", "Giving up…")
WHY_NOT_OFFLINE = Text("不能離線核准：{reason}", "Cannot approve offline: {reason}")
GIVEN_UP = Text("↺ 已取消", "↺ Cancelled")
GIVEN_UP_MEANS = Text(
    "已取消，這筆不會成立；若已扣款會自動退回。", "Cancelled; anything taken goes back by itself."
)
MANAGER_NEEDED = Text("每筆需店長授權", "Manager's PIN each time")
MANAGER_PROMPT = Text("店長輸入 PIN", "Manager's PIN")
MANAGER_MEANS = Text(
    "離線收款已超過提醒額度，這筆還沒有收款。", "Over the offline reminder limit. Nothing is charged yet."
)
MANAGER_CHOOSE = Text("店長：{name}（↑↓ 換人）", "Manager: {name} (↑↓ to change)")
MANAGER_ONLY = Text("店長：{name}", "Manager: {name}")
MANAGER_NONE = Text("這台終端沒有店長資料：按 Esc 返回。", "No manager is known to this terminal: press Esc.")
PIN_CHECKING = Text("核對中…", "Checking…")
PIN_WRONG = Text("PIN 不對，請再輸入。", "Wrong PIN. Enter it again.")

MANAGER_LEAVE = Text("Esc　不授權", "Esc  Don't approve")
MANAGER_OTHER = Text("↓　換人", "↓  Other manager")
MANAGER_LEFT = Text("店長沒有授權，這筆還沒有收款。", "No manager approved. Nothing is charged yet.")
MANAGER_LEFT_DOUBT = Text("店長沒有授權，仍在詢問平台。", "No manager approved; we keep asking.")
IN_DOUBT_PIN_MEANS = Text(
    "店長輸入 PIN 就離線核准，可以交付商品；不授權就繼續詢問。",
    "With a manager's PIN it is approved offline; without, we keep asking.",
)
CARD_AND_APPROVER = Text("{card}　{approver}", "{card} ⋅ {approver}")
APPROVED_BY = Text("授權 {name}", "Approved by {name}")
DISK_FAILED = Text(
    "磁碟寫不進去（已滿或故障）。這筆沒有寫入，未收款。請清出空間再收；再出錯請找店長。",
    "The disk cannot be written (full or failing). Nothing was written, not charged. Make room, or call the manager.",
)
JOURNAL_DAMAGED = Text(
    "日誌受損，不再寫入，未收款。請重新啟動終端，照畫面匯出。",
    "The journal is damaged; nothing is written, not charged. Restart the terminal and follow the screen.",
)
ACTION_AGAIN = Text("再收一次", "Try again")

ACTION_CHARGE = Text("收款 {amount}", "Charge {amount}")
ACTION_NO_CODE = Text("還缺付款碼", "Code missing")
ACTION_NO_AMOUNT = Text("還缺金額", "Amount missing")
ACTION_CANCEL = Text("Esc 取消收款", "Esc  Cancel")
ACTION_NEXT = Text("下一位", "Next customer")
ACTION_OTHER_CODE = Text("換碼再收", "Try another code")
ACTION_IDLE = Text("收款", "Charge")
ACTION_APPROVE = Text("授權", "Approve")
ACTION_NONE = Text("　", " ")

KEY_BACKSPACE = Text("⌫", "⌫")
KEY_CLEAR = Text("清除", "Clear")

CODE_FORGOTTEN = Text(
    "付款碼久未使用，已清除。請再掃一次。", "The code lay unused and was wiped. Scan again."
)
AMOUNT_TOO_LARGE = Text("單筆最多 {most}", "At most {most} a charge")
SCAN_MANGLED = Text("請把輸入法切到英數，再掃一次。", "Switch the input method to English, then scan again.")
NOT_A_PAYMENT_CODE = Text(
    "掃到的是商品條碼，不是付款碼，沒有輸入。請掃會員的付款碼。",
    "That was a product's barcode, not a payment code. Nothing was typed.",
)
SCAN_TOO_LONG = Text("掃到的內容太長，請再掃一次。", "What was scanned is too long. Scan again.")
RECEIPT_PRINTED = Text("收據已印出", "Receipt printed")
RECEIPT_PRINTING = Text("收據列印中…", "Printing the receipt…")
RECEIPT_NO_PRINTER = Text("未設定印表機：沒有印收據。", "No printer set up: no receipt.")
RECEIPT_PAPER_OUT = Text(
    "款已收，收據沒印出：缺紙。換紙後按 F9。", "Paid; receipt not printed. Load paper, F9."
)
RECEIPT_FAILED = Text(
    "款已收，收據沒印出：{reason}。排除後按 F9。", "Paid; receipt not printed: {reason}. Then F9."
)
RECEIPT_UNKNOWN = Text(
    "款已收，收據可能沒印完整：請看紙。需要時按 F9。",
    "Paid; the receipt may be incomplete: look. F9 to reprint.",
)
WORK_FAILED = Text(
    "終端內部出錯，這筆先當作結果未定。請按 F8 看待處理，並找店長。",
    "The terminal failed. Treat this as unknown: see F8 and call the manager.",
)
WORK_FAILED_BEFORE = Text(
    "終端內部出錯，沒有寫入任何收款。請再試一次；再出錯請找店長。",
    "The terminal failed; nothing was charged. Try again, or call the manager.",
)

CAMERA_NONE = Text("沒有相機：請用掃描器，或貼上付款碼", "No camera: use the scanner, or paste the code")
CAMERA_STARTING = Text("相機啟動中…", "Camera starting…")
CAMERA_LOST = Text("相機中斷，正在重新連線", "Camera lost; reconnecting")
METER_HINT = Text(
    "離線還可收\n{left}\n{count} 筆\n剩 {hours} 時 {minutes} 分",
    "Left offline\n{left}\n{count} charges\n{hours} h {minutes} min",
)
METER_HINT_WAITING = Text(
    "{meter}\n待上傳 {waiting} 筆\n最早 {oldest}", "{meter}\n{waiting} to send,\noldest {oldest}"
)
LOCKED_HINT = Text(
    "終端時間不對，離線核准鎖住。連上平台會自動校時；連線時照常收款。",
    "Clock wrong: no approval offline. The next contact mends it; online charges go on.",
)
READ_ONLY_HINT = Text(
    "日誌受損，已停止收款。請重新啟動終端。", "The journal is damaged. Restart the terminal."
)
CAMERA_HINT = Text("付款碼對準相機，\n約 15 公分遠", "Hold the code about 15 cm from the camera")

ROW_ONLINE = Text("連線中", "Online")
ROW_CONNECTING = Text("正在連線…", "Connecting…")
ROW_WAITING = Text("{state}・待上傳 {count}", "{state} ⋅ {count} to send")
ROW_SENT = Text("{state}・全部已上傳", "{state} ⋅ all sent")
ROW_LAST = Text("上一筆　{what}", "Last  {what}")
LAST_PAID = Text("{amount} 已收款", "{amount} paid")
LAST_OFFLINE = Text("{amount} 已收款（離線）", "{amount} paid (offline)")
LAST_NOT_PAID = Text("{amount} 未收款", "{amount} not charged")
LAST_GIVEN_UP = Text("{amount} 已取消", "{amount} cancelled")
LAST_BEFORE = Text("{at}　{amount}　{state}", "{at} ⋅ {amount} ⋅ {state}")
ROW_OFFLINE = Text(
    "離線收款中・自 {since}｜可收 {left}／{total}｜還可 {count} 筆｜單筆 {each}｜到 {until}",
    "Offline since {since} ⋅ {left} of {total} left ⋅ {count} left ⋅ {each} each ⋅ until {until}",
)
ROW_OFFLINE_PIN = Text("{meter}｜每筆需店長授權", "{meter} ⋅ manager's PIN each time")
ROW_USED_UP = Text(
    "離線額度已用完：請恢復連線，或用會員手機代送",
    "Offline limit reached: reconnect, or use the member's phone",
)
ROW_OFFLINE_CLOCK = Text(
    "離線・終端時間不對，離線核准鎖住：連上平台自動校時後解除",
    "Offline ⋅ clock wrong, no approval offline: the next contact mends it",
)
ROW_LOCKED = Text(
    "{state}・終端時間不對：照常收款，離線核准鎖住", "{state} ⋅ clock wrong: only offline approval is locked"
)
ROW_READ_ONLY = Text(
    "日誌受損，已停止收款：請重新啟動終端，照畫面匯出",
    "Journal damaged, charging stopped: restart, then follow the screen",
)
ROW_OFFLINE_DISABLED = Text(
    "離線・這台終端不能離線收款：請恢復連線", "Offline ⋅ charging offline is off: reconnect"
)
ROW_SINCE = Text("{sentence}・自 {since}", "{sentence} ⋅ since {since}")

CARD_TYPES: dict[str, Text] = {
    "standard": Text("標準卡", "Standard card"),
    "prepaid": Text("預付卡", "Prepaid card"),
    "corporate": Text("企業卡", "Corporate card"),
    "voucher": Text("優惠券卡", "Voucher card"),
}
TIERS: dict[int, Text] = {
    0: Text("普通", "Regular"),
    1: Text("銀卡", "Silver"),
    2: Text("金卡", "Gold"),
    3: Text("鑽石", "Diamond"),
}
TIER_OTHER = Text("等級 {tier}", "Tier {tier}")
