"""The words of the other screens: enrolment, sign-in, shift, history."""

from pos_app.appearance.translations.text import Text

ENROL_TITLE = Text("註冊這台終端", "Enrol this terminal")
ENROL_HOW = Text(
    "掃描店長畫面上的註冊 QR，或輸入平台網址與 10 碼註冊碼。",
    "Scan the enrolment QR on the manager's screen, or type the hub's address and the 10-character code.",
)
ENROL_HUB = Text("平台網址", "Hub address")
ENROL_CODE = Text("註冊碼（10 碼）", "Enrolment code (10 characters)")
ENROL_NAME = Text("終端名稱", "Terminal name")
ENROL_NAME_DEFAULT = Text("收銀台", "Counter")
ENROL_GO = Text("Enter　註冊", "Enter  Enrol")
ENROL_WORKING = Text("註冊中…", "Enrolling…")
ENROL_BAD_HUB = Text(
    "平台網址要像 https://hub.example.com", "The hub's address looks like https://hub.example.com"
)
ENROL_BAD_CODE = Text(
    "註冊碼是 10 個英數字，不含 I、L、O、U", "The code is 10 letters and digits, without I, L, O, U"
)
ENROL_NOT_AN_ENROLMENT = Text(
    "這不是註冊 QR。請掃店長畫面上的註冊 QR。", "Not an enrolment QR. Scan the one on the manager's screen."
)
ENROL_NO_LINE = Text(
    "連不到平台。終端還沒有註冊。請檢查網路與網址，再按 Enter。",
    "The hub cannot be reached. Not enrolled. Check line and address, then press Enter.",
)
ENROL_REFUSED = Text(
    "平台沒有接受註冊。終端還沒有註冊。請找店長。", "The hub refused. Not enrolled. Call the manager."
)
ENROL_DONE = Text("註冊完成：{store}　終端 {terminal}", "Enrolled: {store}, terminal {terminal}")

SIGN_IN_TITLE = Text("選擇人員，輸入 PIN", "Choose your name, enter PIN")
SIGN_IN_LOCKED_TITLE = Text("已鎖定　輸入 PIN 返回", "Locked: enter your PIN")
SIGN_IN_PIN_OF = Text("{name} 的 PIN", "PIN of {name}")
SIGN_IN_NOBODY = Text(
    "這台終端還沒有人員資料。連線後會自動收到；也請店長在平台新增人員。",
    "No staff is known yet. It comes by itself when the line is up; the manager can add staff at the hub.",
)
SIGN_IN_WRONG = Text("PIN 不對。請再輸入。", "Wrong PIN. Enter it again.")
SIGN_IN_WAIT = Text("PIN 錯誤太多次。請等 {seconds} 秒。", "Too many wrong PINs. Wait {seconds} s.")
SIGN_IN_BARCODE = Text("掃到的是條碼，不是 PIN。請輸入 PIN。", "That was a barcode. Enter the PIN.")
SIGN_IN_CHECKING = Text("核對中…", "Checking…")
SIGN_IN_GO = Text("登入", "Sign in")
SIGN_IN_KEYS = Text("↑↓ 換人　數字 PIN　Enter 登入", "↑↓ choose ⋅ digits PIN ⋅ Enter sign in")
ROLE_CASHIER = Text("收銀員", "Cashier")
ROLE_MANAGER = Text("店長", "Manager")
STAFF_ROW = Text("{name}　{role}", "{name}  {role}")

SHIFT_ROOM = Text("班次", "Shift")
SHIFT_OPEN_TITLE = Text("開班", "Open the shift")
SHIFT_OPEN_WHO = Text("{name}，按 Enter 開班。", "{name}: press Enter to open your shift.")
SHIFT_LEFTOVERS = Text("上一班留下：待上傳 {waiting} 筆", "Left by the last shift: {waiting} to send")
SHIFT_NO_LEFTOVERS = Text("上一班沒有留下未完成的收款", "The last shift left nothing open")
SHIFT_DOUBTFUL = Text("結果未定 {count} 筆：先到 F8 待處理", "{count} unknown: see F8 To do first")
SHIFT_OPEN_GO = Text("Enter　開班", "Enter  Open shift")
SHIFT_OPENING = Text("開班中…", "Opening…")
SHIFT_TITLE = Text("班 {shift}　自 {since}", "Shift {shift} since {since}")
SHIFT_X = Text("1　X 查帳列印", "1  Print X")
SHIFT_CLOSE = Text("2　交班", "2  Hand over")
SHIFT_CLOSE_SURE = Text("Enter　交班並列印 Z", "Enter  Close and print Z")
SHIFT_BACK = Text("Esc　返回", "Esc  Back")
SHIFT_CLOSE_MEANS = Text(
    "交班後列印 Z，請下一位登入。待上傳的會繼續上傳，入帳後印調整單。",
    "Z prints; the next person signs in. What waits is still sent.",
)
SHIFT_CLOSING = Text("交班中…", "Closing…")
SHIFT_CLOSED_PRINTING = Text("班 {shift} 已交班，Z 列印中", "Shift {shift} is closed; Z is printing")
SHIFT_CLOSED_PRINTED = Text("班 {shift} 已交班，Z 已印出", "Shift {shift} is closed; Z is printed")
SHIFT_CLOSED_UNKNOWN = Text(
    "班 {shift} 已交班；Z 不知有沒有印完，請看一下", "Shift {shift} is closed; look whether Z is whole"
)
SHIFT_CLOSED_NOT_PRINTED = Text(
    "班 {shift} 已交班；Z 沒有印出：{reason}", "Shift {shift} is closed; no Z: {reason}"
)
SHIFT_X_SENT = Text("X 查帳已送印", "X sent to the printer")
SHIFT_NOT_OPEN = Text("還沒有開班", "No shift is open")
SHIFT_CHARGED = Text("收款", "Charged")
SHIFT_CONFIRMED = Text("　已確認", "  Confirmed")
SHIFT_PENDING = Text("　待上傳", "  To send")
SHIFT_REVERSED = Text("取消", "Cancelled")
SHIFT_REFUNDED = Text("退款", "Refunded")
SHIFT_REFUND_REQUESTED = Text("　申請中（未退）", "  Requested (not paid)")
SHIFT_IN_DOUBT = Text("結果未定", "Unknown")
SHIFT_NET = Text("淨額", "Net")
SHIFT_COUNT_HEAD = Text("筆數", "Count")
SHIFT_AMOUNT_HEAD = Text("金額", "Amount")
SHIFT_DOUBT_BLOCKS = Text(
    "還有 {count} 筆結果未定：先到 F8 決定，才能交班。",
    "{count} unknown: decide them in F8 before handing over.",
)

HISTORY_TITLE = Text("交易紀錄", "History")
HISTORY_FIND = Text("找：{typed}", "Find: {typed}")
HISTORY_FIND_HINT = Text(
    "輸入數字找單號、金額、卡號末四碼", "Type digits: number, amount or card's last four"
)
HISTORY_EMPTY = Text("還沒有收款", "No charge yet")
HISTORY_NONE = Text("找不到「{typed}」", "Nothing matches “{typed}”")
HISTORY_AT = Text("時間", "Time")
HISTORY_NUMBER = Text("單號", "Number")
HISTORY_CARD = Text("卡號末四碼", "Card")
HISTORY_AMOUNT = Text("金額", "Amount")
HISTORY_STATE = Text("狀態", "State")
HISTORY_REPRINT = Text("Enter　補印這筆", "Enter  Print this again")
HISTORY_STATES: dict[str, Text] = {
    "completed": Text("✓ 已收款", "✓ Paid"),
    "advised": Text("✓ 離線，待上傳", "✓ Offline, to send"),
    "settled": Text("✓ 離線，已入帳", "✓ Offline, settled"),
    "declined": Text("✕ 未收款", "✕ Not charged"),
    "reversed": Text("↺ 已取消", "↺ Cancelled"),
    "in_doubt": Text("？ 結果未定", "? Unknown"),
    "rejected": Text("！ 平台拒絕", "! Rejected by the hub"),
    "training": Text("訓練", "Training"),
}
