"""What the command line says, in both languages: the one catalogue of it."""

from pathlib import Path
from typing import Final

from pos_app.command_line.fault_texts import DEVICE_TEXTS, TABLE_TEXTS
from pos_app.command_line.file_texts import FILE_TEXTS
from pos_app.devices.camera import PictureFault
from pos_app.devices.printer.port import PrinterStatus
from pos_app.hub_client import HubRefused, HubUnreachable
from shared.problems import Language, Refusal

TEXTS: Final[dict[str, dict[Language, str]]] = {
    **DEVICE_TEXTS,
    **TABLE_TEXTS,
    **FILE_TEXTS,
    "not_enrolled": {
        "zh_TW": "這裡還沒有終端：先用 mps-pos enrol 註冊。",
        "en": "There is no terminal here: enrol it first (mps-pos enrol).",
    },
    "already_enrolled": {
        "zh_TW": "這個資料夾已有終端；要重新註冊請先 mps-pos sign-out，或換一個 --data-dir。",
        "en": "This directory holds a terminal already; to enrol anew run mps-pos sign-out first, or choose another"
        " --data-dir.",
    },
    "in_use": {
        "zh_TW": "另一個程式正在使用這台終端的資料。先關閉它。",
        "en": "Another program uses this terminal's data. Close it first.",
    },
    "newer": {
        "zh_TW": "資料由較新的版本寫成，這個版本不會動它。請升級程式。",
        "en": "A newer version wrote the data; this one does not touch it. Upgrade this program.",
    },
    "older": {
        "zh_TW": "資料要先更新：啟動一次終端。",
        "en": "The data must be brought up to date: start the terminal once.",
    },
    "damaged": {
        "zh_TW": "終端日誌受損，不再寫入。請用 mps-pos journal rescue 檔案 帶出可驗證的部分、帶到平台匯入，再重新註冊。",
        "en": "The journal is damaged; nothing more is written to it. Carry out what verifies (mps-pos journal rescue FILE),"
        " bring it to the hub, then enrol anew.",
    },
    "storage": {
        "zh_TW": "無法寫入磁碟（空間不足或故障）。這筆沒有核准。請用 mps-pos doctor 檢查。",
        "en": "The disk cannot be written (full or failing). Nothing was approved. Look with mps-pos doctor.",
    },
    "unknown": {
        "zh_TW": "無法確定是否已寫入磁碟。結果未定：重新啟動終端會自動取消。",
        "en": "Whether it was written to the disk cannot be known. Result unknown: the next start cancels it by itself.",
    },
    "key": {
        "zh_TW": "終端金鑰無法使用：檔案只能由本人讀取（chmod 600）；金鑰遺失請換資料夾重新註冊。",
        "en": "The terminal's key cannot be used: its file must be the owner's alone (chmod 600); if the key is lost,"
        " enrol anew in another directory.",
    },
    "no_line": {
        "zh_TW": "連不上平台（{detail}）。",
        "en": "The hub cannot be reached ({detail}).",
    },
    "insecure": {
        "zh_TW": "平台網址不對：請寫 https://…；平台就在這台機器時可寫 http://127.0.0.1:8080。",
        "en": "The hub's address is not valid: write https://…, or http://127.0.0.1:8080 for a hub on this machine.",
    },
    "refused": {"zh_TW": "平台拒絕：{title}（{code}）", "en": "The hub refused: {title} ({code})"},
    "amount": {
        "zh_TW": "金額無效：例如 299 或 299.00。未收款。",
        "en": "The amount is not valid: write 299 or 299.00. Not charged.",
    },
    "amount_comma": {
        "zh_TW": "金額無效：不要逗號，寫 1299.00。未收款。",
        "en": "The amount is not valid: no commas, write 1299.00. Not charged.",
    },
    "amount_decimals": {
        "zh_TW": "金額無效：小數最多 {count} 位。未收款。",
        "en": "The amount is not valid: at most {count} decimals. Not charged.",
    },
    "amount_nothing": {
        "zh_TW": "金額無效：要大於 0。未收款。",
        "en": "The amount is not valid: it must be more than 0. Not charged.",
    },
    "amount_most": {
        "zh_TW": "金額無效：最多 {most}。未收款。",
        "en": "The amount is not valid: at most {most}. Not charged.",
    },
    "not_charged": {"zh_TW": "未收款。", "en": "Not charged."},
    "setting_wrong": {
        "zh_TW": "設定 {name} 的值不對。",
        "en": "The value of the setting {name} is not valid.",
    },
    "usage_missing": {"zh_TW": "缺少 {what}。", "en": "{what} is missing."},
    "usage_missing_command": {"zh_TW": "缺少指令。", "en": "A command is missing."},
    "usage_no_value": {"zh_TW": "{what} 後面要給值。", "en": "{what} needs a value."},
    "usage_unknown_option": {"zh_TW": "沒有 {what} 這個選項。", "en": "There is no option {what}."},
    "usage_unknown_command": {"zh_TW": "沒有這個指令。", "en": "There is no such command."},
    "usage_wrong_value": {"zh_TW": "{what} 的值不對。", "en": "The value of {what} is not valid."},
    "usage_too_many": {"zh_TW": "多給了參數。", "en": "There are too many arguments."},
    "usage_wrong": {"zh_TW": "用法不對。", "en": "That is not how it is used."},
    "usage_see": {"zh_TW": "用法見 {command} --help。", "en": "See {command} --help."},
    "recovered": {
        "zh_TW": "先前未定的收款 {amount}（第 {seq} 筆）已取消；若已扣款會自動退回。",
        "en": "The open charge of {amount} (entry {seq}) is cancelled; anything taken goes back by itself.",
    },
    "offline_limits": {
        "zh_TW": "單筆最多 {each}（付款碼可能更低）；這次斷線還可收 {left}／{most}，{count} 筆。",
        "en": "At most {each} each (a payment code may allow less); {left} of {most} and {count} charges"
        " left until the next contact.",
    },
    "nothing_read": {"zh_TW": "{file}：沒有讀到條碼", "en": "{file}: no code was found"},
    "not_read": {"zh_TW": "{file} 讀不到：{detail}", "en": "{file} cannot be read: {detail}"},
    "picture_unreadable": {
        "zh_TW": "不是檔案，或沒有讀取權限",
        "en": "not a file, or it may not be read",
    },
    "note": {"zh_TW": "備註", "en": "note"},
    "printer_none_do": {
        "zh_TW": "要印收據請給 --printer，例如 escpos+tcp://192.168.1.50:9100",
        "en": "For paper receipts give --printer, for example escpos+tcp://192.168.1.50:9100",
    },
    "camera_none_do": {
        "zh_TW": "用掃描器或輸入即可；要用相機請接上，或給 --camera",
        "en": "A scanner or typing will do; for a camera connect one or give --camera",
    },
    "one_source": {
        "zh_TW": "請給 --code 或 --image，擇一。未收款。",
        "en": "Give --code or --image, one of them. Not charged.",
    },
    "pin_needed": {
        "zh_TW": "--cashier 與 --pin 要一起給。未收款。",
        "en": "--cashier and --pin go together. Not charged.",
    },
    "pin_wrong": {"zh_TW": "PIN 碼錯誤。未收款。", "en": "The PIN is wrong. Not charged."},
    "pin_wait": {
        "zh_TW": "PIN 碼錯誤次數過多，請等 {seconds} 秒。未收款。",
        "en": "Too many wrong PINs: wait {seconds} s. Not charged.",
    },
    "picture": {
        "zh_TW": "讀不到圖片 {file}（{detail}）。未收款。",
        "en": "The picture {file} cannot be read ({detail}). Not charged.",
    },
    "no_code_in_picture": {
        "zh_TW": "圖片裡沒有付款碼。未收款。",
        "en": "There is no payment code in the picture. Not charged.",
    },
    "device": {
        "zh_TW": "裝置位址無效：{detail}（{text}）",
        "en": "The device's address is not valid: {detail} ({text})",
    },
    "journal_damaged": {
        "zh_TW": "日誌：第 {seq} 筆驗證不過",
        "en": "Journal: entry {seq} does not verify",
    },
    "journal_silent": {"zh_TW": "日誌沒有回應", "en": "the journal does not answer"},
    "printer_address_do": {
        "zh_TW": "改正 --printer，例如 escpos+tcp://192.168.1.50:9100",
        "en": "Correct --printer, for example escpos+tcp://192.168.1.50:9100",
    },
    "camera_address_do": {
        "zh_TW": "改正 --camera，例如 0；不用相機寫 none",
        "en": "Correct --camera, for example 0, or none",
    },
    "fault": {"zh_TW": "程式錯誤（{detail}）。", "en": "A fault of ours ({detail})."},
    "enrolled": {"zh_TW": "已註冊：終端 {number}，{store}", "en": "Enrolled: terminal {number}, {store}"},
    "approved": {"zh_TW": "已收款 {amount}　{number}", "en": "Paid {amount} · {number}"},
    "approved_offline": {
        "zh_TW": "已收款（離線）{amount}　{number}。可以交付商品，連線後自動上傳。",
        "en": "Paid (offline) {amount} · {number}. Hand over the goods; sent when the line returns.",
    },
    "declined": {"zh_TW": "未收款：{reason}", "en": "Not charged: {reason}"},
    "in_doubt": {
        "zh_TW": "結果未定（第 {seq} 筆）。平台沒有回覆：可能已扣款，也可能沒有。先別交付商品，也別重新收款。"
        "連線後執行 mps-pos sync：這筆會取消，若已扣款會自動退回。",
        "en": "Result unknown (entry {seq}). The money may or may not have moved. Don't hand over, don't charge"
        " again. When the line is back run mps-pos sync: it cancels this charge; anything taken goes back by itself.",
    },
    "given_up": {
        "zh_TW": "已取消，這筆不會成立；若已扣款會自動退回。{reason}",
        "en": "Cancelled; anything taken goes back by itself. {reason}",
    },
    "not_printed": {
        "zh_TW": "款已收，收據沒印出（{detail}）。",
        "en": "Paid; the receipt was not printed ({detail}).",
    },
    "verified": {"zh_TW": "日誌驗證通過：{count} 筆", "en": "The journal verifies: {count} entries"},
    "synced": {"zh_TW": "已同步；待上傳 {depth} 筆", "en": "Synchronised; {depth} entries wait"},
    "disk": {"zh_TW": "磁碟：剩 {mb} MB", "en": "Disk: {mb} MB free"},
    "disk_do": {
        "zh_TW": "清出空間：寫不進去就不能收款",
        "en": "Make room: nothing can be charged that cannot be written",
    },
    "journal": {"zh_TW": "日誌：{count} 筆，驗證通過", "en": "Journal: {count} entries, verified"},
    "journal_do": {
        "zh_TW": "用 mps-pos journal rescue 檔案 帶出可驗證的部分，再重新註冊",
        "en": "Carry out what verifies (mps-pos journal rescue FILE), then enrol anew",
    },
    "journal_none": {"zh_TW": "日誌：尚未註冊", "en": "Journal: not enrolled"},
    "line": {"zh_TW": "連線：平台有回應", "en": "Line: the hub answers"},
    "line_do": {
        "zh_TW": "檢查網路線與路由器；這段時間可離線收款",
        "en": "Check the cable and the router; meanwhile charge offline",
    },
    "clock": {"zh_TW": "時鐘：與平台差 {seconds} 秒", "en": "Clock: {seconds} s from the hub's"},
    "clock_do": {"zh_TW": "開啟自動校時", "en": "Switch on automatic time"},
    "clock_unknown": {"zh_TW": "時鐘：沒有連線，無法比對", "en": "Clock: no line to compare it by"},
    "printer": {"zh_TW": "印表機：{state}", "en": "Printer: {state}"},
    "printer_do": {"zh_TW": "檢查電源、紙與連接線", "en": "Check power, paper and cable"},
    "camera": {"zh_TW": "相機：{state}", "en": "Camera: {state}"},
    "camera_do": {
        "zh_TW": "檢查相機連接；仍可用掃描器或輸入",
        "en": "Check the camera's cable; a scanner or typing still works",
    },
    "scanner": {
        "zh_TW": "掃描器：當作鍵盤使用，請在視窗掃一次試試",
        "en": "Scanner: works as a keyboard; try it once in the window",
    },
    "ok": {"zh_TW": "好", "en": "ok"},
    "wrong": {"zh_TW": "有問題", "en": "wrong"},
}


def say(key: str, language: Language, **values: object) -> str:
    """A sentence of the catalogue."""
    return TEXTS[key][language].format(**values)


def reason_of(refusal: Refusal | None, language: Language) -> str:
    """A refusal in words, with its code for whoever is called."""
    if refusal is None:
        return ""
    return (
        f"{refusal.title(language)}（{refusal.code}）"
        if language == "zh_TW"
        else f"{refusal.title(language)} ({refusal.code})"
    )


def picture_in_words(path: Path, fault: PictureFault, language: Language) -> str:
    """Why a picture was not read; a file that is there but cannot be opened is not called missing."""
    if fault is PictureFault.NOT_FOUND and path.exists():
        return say("picture_unreadable", language)
    return say(fault.value, language)


def printer_in_words(status: PrinterStatus, language: Language) -> str:
    """All that a printer said about itself."""
    between = "、" if language == "zh_TW" else ", "
    return between.join(say(f"printer_is_{(one.name or '').lower()}", language) for one in status)


def hub_fault_in_words(error: HubUnreachable | HubRefused, language: Language) -> str:
    """Why there was no use in asking the hub."""
    if isinstance(error, HubRefused):
        return reason_of(error.refusal, language)
    return say(f"line_{error.kind.value}", language)
