"""The words of the window's frame: identity and devices row, navigation, printing."""

from pos_app.appearance.translations.text import Text

PRODUCT = Text("會員收款終端", "Member payment terminal")
STORE_AND_TERMINAL = Text("{store}　終端 {terminal}", "{store}  {terminal}")
WHO_AND_WHERE = Text("{place}　{person}", "{place}  {person}")
CASHIER = Text("收銀 {name}", "{name}")
CASHIER_AND_SHIFT = Text("收銀 {name}　班 {shift}", "{name}  shift {shift}")
NOBODY = Text("未登入", "Locked")
SWITCH_LANGUAGE = Text("English", "中文")
SWITCH_DARK = Text("深色", "Dark")
SWITCH_LIGHT = Text("淺色", "Light")
ONE_MOMENT = Text("請稍候", "One moment")

CAMERA_LIVE = Text("● 相機", "● Camera")
CAMERA_STARTING = Text("◌ 相機啟動中", "◌ Camera starting")
CAMERA_LOST = Text("✕ 相機中斷", "✕ Camera lost")
CAMERA_NONE = Text("－ 無相機", "－ No camera")
PRINTER_ASKING = Text("◌ 印表機檢查中", "◌ Printer asked")
PRINTER_READY = Text("● 印表機", "● Printer")
PRINTER_BUSY = Text("◌ 列印中", "◌ Printing")
PRINTER_FAILED = Text("✕ 印表機：{reason}", "✕ Printer: {reason}")
PRINTER_NONE = Text("－ 無印表機", "－ No printer")
PRINTER_UNKNOWN = Text("？ 印表機未回應", "? Printer silent")

NAV_CHARGE = Text("F2 收款", "F2 Charge")
NAV_HISTORY = Text("F3 交易紀錄", "F3 History")
NAV_SHIFT = Text("F7 班次", "F7 Shift")
NAV_INBOX = Text("F8 待處理", "F8 To do")
NAV_INBOX_COUNT = Text("F8 待處理 {count}", "F8 To do {count}")
NAV_REPRINT = Text("F9 補印", "F9 Reprint")
NAV_LOCK = Text("F12 鎖定", "F12 Lock")

PRINT_PROBLEMS: dict[str, Text] = {
    "printer_paper_out": Text("缺紙", "out of paper"),
    "printer_cover_open": Text("上蓋未關", "cover open"),
    "printer_offline": Text("印表機離線", "printer offline"),
    "printer_error": Text("印表機故障", "printer error"),
    "printer_no_answer": Text("印表機沒有回應", "no answer"),
    "printer_unreachable": Text("連不到印表機", "cannot be reached"),
    "printer_cut_off": Text("印到一半中斷", "cut off"),
    "printer_file": Text("檔案寫不進去", "file not writable"),
    "printer_not_configured": Text("未設定印表機", "no printer set up"),
    "receipt_not_drawn": Text("收據畫不出來", "receipt not drawn"),
    "printer_queue_full": Text("等候列印的太多", "too many waiting"),
    "printer_stopped": Text("終端正在關閉", "terminal closing"),
}
REPRINT_SENT = Text("補印已送出：COPY {number}", "Reprint sent: COPY {number}")
REPRINT_NOTHING = Text("還沒有可以補印的收據", "No receipt to print again yet")
REPRINT_RETRIED = Text("收據重新送印", "Receipt sent to the printer again")
WORK_FAILED = Text(
    "終端內部出錯，沒有任何變動。請再試一次；再出錯請找店長。",
    "The terminal failed; nothing changed. Try again, or call the manager.",
)
