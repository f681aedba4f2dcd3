"""The words of 待處理: what each row means for the money, and what to do next (design.md 3)."""

from pos_app.appearance.translations.text import Text

TITLE = Text("待處理", "To do")
EMPTY = Text("沒有待處理的事", "Nothing to do")
ROW_HEAD = Text("{amount}　{at}　****{last4}", "{amount} ⋅ {at} ⋅ ****{last4}")
ROW_HEAD_RECORD = Text("終端紀錄 #{seq}　{at}", "Record #{seq} ⋅ {at}")
KEYS = Text("↑↓ 選一列　1、2 按鍵　Esc 返回", "↑↓ choose ⋅ 1, 2 press ⋅ Esc back")

IN_DOUBT = Text(
    "結果未定，還在詢問。先別交付商品，也別重新收款；等答覆，或按「放棄」。",
    "Unknown; still asking. Don't hand over, don't charge again: wait, or give up.",
)
WAITING = Text("已收款（離線），連線後自動上傳。不用處理。", "Paid (offline); sent when the line returns.")
REVERSAL_WAITING = Text(
    "取消已存，連線後自動上傳；若已扣款會自動退回。", "Cancelled; sent when the line returns."
)
REJECTED = Text(
    "離線收款被平台拒絕：{reason}。商品已交付，門店收不到這筆款。請印明細給店長。",
    "Offline charge rejected: {reason}. The goods are gone; the store is not paid. Print it for the manager.",
)
CONTRADICTED = Text(
    "平台不採用這筆核准：{reason}。以先前的紀錄為準，門店收不到這筆款。請店長查交易紀錄。",
    "The hub does not take this approval: {reason}. The earlier record stands; the store is not paid."
    " The manager looks it up.",
)
REVERSAL_REFUSED = Text(
    "取消沒有成立：{reason}。這筆仍算已收款；要退給會員，請店長另辦退款。",
    "The cancellation was refused: {reason}. The charge stands; to pay the member back, refund it.",
)
RECORD_REFUSED = Text(
    "平台沒有收下這筆紀錄：{reason}。沒有動到錢。請印明細給店長。",
    "The hub refused this record: {reason}. No money moved. Print it for the manager.",
)
DIFFERENT = Text(
    "平台復原後的答覆與先前不同。先前的答覆和收據都還保留；錢以平台核對後為準。請印明細，帶給平台人員。",
    "After its restore the hub answers otherwise than before. Both answers are kept; the hub's people settle"
    " the money. Print it for them.",
)
HELD = Text(
    "終端或商戶停用期間的收款，由平台人員決定是否入帳。還沒入帳，也沒有遺失。請店長聯絡平台。",
    "Made while terminal or merchant was suspended: the hub's people decide. Not booked yet, not lost."
    " The manager calls them.",
)
OVERDUE = Text(
    "超過 24 小時沒有平台的答覆：還沒入帳。請店長恢復連線；連不上就匯出日誌帶到平台。",
    "No answer for over 24 hours: not booked yet. Restore the line, or export the journal and bring it to the hub.",
)

GIVE_UP = Text("放棄", "Give up")
GIVE_UP_SURE = Text("確定放棄", "Yes, give up")
KEEP = Text("繼續等", "Keep waiting")
SLIP = Text("印明細", "Print")
NOTE = Text("店長已處理", "Noted")
NUMBERED = Text("{number}　{words}", "{number}  {words}")
WORKING = Text("處理中…", "Working…")
GIVEN_UP = Text("這筆已取消", "Cancelled")
ANSWERED = Text("這筆已有結果", "This one has its answer now")
SLIP_SENT = Text("明細已送印", "Sent to the printer")
SLIP_FAILED = Text("明細沒有印出：{reason}", "Not printed: {reason}")
NOTED = Text(
    "已記下：由 {name} 處理。紀錄仍可在 F3 查到。", "Noted by {name}. The record stays in F3 History."
)
NOTED_BEFORE = Text("這筆先前已經記下", "This one was noted before")

NOTE_TITLE = Text("店長確認已處理", "The manager notes it as done")
NOTE_MEANS = Text(
    "記下後不再列在待處理，金額與紀錄都不會改變。",
    "It leaves this list. No money and no record is changed by it.",
)
NOTE_WHO = Text("店長：{name}（↑↓ 換人）", "Manager: {name} (↑↓ to change)")
NOTE_ONLY = Text("店長：{name}", "Manager: {name}")
NOTE_NOBODY = Text("這台終端沒有店長資料：按 Esc 返回。", "No manager is known to this terminal: press Esc.")
NOTE_GO = Text("Enter　記下", "Enter  Note it")
NOTE_BACK = Text("Esc　返回", "Esc  Back")
NOTE_CHECKING = Text("核對中…", "Checking…")
NOTE_BARCODE = Text("掃到的是條碼，不是 PIN。請輸入 PIN。", "That was a barcode. Enter the PIN.")
NOTE_CANCELLED = Text("沒有記下，仍列在待處理", "Not noted; it stays on this list")
