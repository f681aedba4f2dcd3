"""The words of a terminal that does not open: what was found, what it means for the books, and the ways out."""

from pos_app.appearance.translations.text import Text

LOADING = Text("正在開啟終端…", "Opening the terminal…")
CHECKING = Text("核對日誌，補送中斷的收款", "Checking the journal and any interrupted charge")
FAILED = Text("終端不能開啟", "The terminal cannot open")
DAMAGED = Text("日誌受損，已停止收款", "The journal is damaged")
RETRY = Text("Enter　再試一次", "Enter  Try again")
QUIT = Text("Esc　關閉程式", "Esc  Close")
CARRY = Text("1　匯出可驗證的部分", "1  Carry out what verifies")
ENROL_AGAIN = Text("2　重新註冊", "2  Enrol again")
FAULTS: dict[str, Text] = {
    "locked": Text(
        "另一個終端程式正在使用同一份日誌。這一個沒有開啟，也沒有動到日誌。請關掉那一個，再按 Enter。",
        "Another program is using this journal. This one did not open and touched nothing. Close the other,"
        " then press Enter.",
    ),
    "key": Text(
        "讀不到終端的金鑰。已收的款都還在；請找店長檢查金鑰（檔案只能由本人讀取）。金鑰遺失就先匯出，再重新註冊。",
        "The terminal's key cannot be read. What was charged is kept. Call the manager to restore it (its file must"
        " be the owner's alone); if it is lost, carry the journal out, then enrol again.",
    ),
    "settings": Text(
        "設定檔有錯。已收的款都還在；請找店長改正設定後再按 Enter。",
        "The settings are damaged. What was charged is kept; call the manager, then press Enter.",
    ),
    "newer": Text(
        "這份日誌由較新版的終端程式寫成。這一版太舊，不會開啟也不會更動它。請更新程式，再按 Enter。",
        "A newer version of this program wrote the journal. This one is too old: it neither opens nor changes it."
        " Update the program, then press Enter.",
    ),
    "journal": Text(
        "日誌的檔案讀不出來或被改過。程式不再寫入任何東西，檔案原樣保留，請勿刪除。\n"
        "先按 1 匯出可驗證的部分，帶到平台匯入；再按 2 重新註冊這台終端。",
        "The journal's file cannot be read or was changed. Nothing more is written; the file is kept as it is:"
        " delete nothing.\nFirst press 1 to carry out what verifies and bring it to the hub; then 2 to enrol again.",
    ),
    "disk": Text(
        "磁碟寫不進去或已滿。已收的款都還在；清出空間後再按 Enter。",
        "The disk is full or read-only. What was charged is kept; make room, then press Enter.",
    ),
    "other": Text(
        "終端程式出錯。已收的款都還在；請再試一次，仍不行請找店長。",
        "The terminal failed. What was charged is kept; try again, or call the manager.",
    ),
}
DAMAGED_AT = Text(
    "從第 {seq} 筆紀錄起驗證不過。程式不再寫入任何東西，檔案原樣保留，請勿刪除。\n"
    "先按 1 匯出可驗證的部分，帶到平台匯入；再按 2 重新註冊這台終端。",
    "The first bad entry is {seq}. Nothing more is written; the file is kept as it is: delete nothing.\n"
    "First press 1 to carry out what verifies and bring it to the hub; then 2 to enrol again.",
)

AFTER_CARRYING = Text(
    "把檔案帶到平台匯入，再按 2 重新註冊這台終端。受損的檔案原樣保留，請勿刪除。",
    "Bring the file to the hub, then press 2 to enrol again. The damaged file is kept as it is: delete nothing.",
)

CARRY_TITLE = Text("匯出到哪裡？", "Carry it out to where?")
CARRY_MEANS = Text(
    "↑↓ 換位置，或直接輸入路徑。建議存到隨身碟，帶到平台匯入。",
    "↑↓ changes the place, or type a path. Best on a USB stick.",
)
CARRY_GO = Text("Enter　匯出", "Enter  Carry out")
BACK = Text("Esc　返回", "Esc  Back")
CARRYING = Text("匯出中…", "Carrying out…")
CARRIED = Text("已匯出 {count} 筆：{file}", "{count} entries carried out: {file}")
CARRIED_MISSING = Text(
    "已匯出 {count} 筆：{file}。另有 {missing} 筆讀不出來（從第 {seq} 筆起），請告訴平台人員。",
    "{count} entries carried out: {file}. {missing} more cannot be read (from entry {seq}): tell the hub's people.",
)
NOT_WRITTEN = Text(
    "這個位置寫不進去，沒有匯出。請換個位置。",
    "That place cannot be written. Nothing was carried out; choose another.",
)
FILE_IS_THERE = Text(
    "那裡已有同名檔案，不會覆寫。請換個名稱。",
    "A file of that name is there and is not overwritten. Change the name.",
)
NOTHING_TO_CARRY = Text(
    "認不出這是哪一台終端的日誌，無法匯出。請保留整個資料夾，聯絡平台。",
    "There is no telling whose journal this is. Keep the whole folder and call the hub's people.",
)

SURE_TITLE = Text("重新註冊這台終端？", "Enrol this terminal again?")
SURE_MEANS = Text(
    "受損的日誌會原樣移到「set-apart」資料夾保留，不會刪除；舊的金鑰會移除。\n"
    "這台會成為新的終端，需要店長給的新註冊碼。",
    "The damaged journal is kept as it is in the folder set-apart, never deleted; the old key is removed.\n"
    "This becomes a new terminal and needs a new enrolment code from the manager.",
)
SURE_NOT_CARRIED = Text(
    "還沒有匯出：還沒送到平台的收款，只在這份日誌裡。",
    "Nothing was carried out yet: unsent charges are only here.",
)
SURE_GO = Text("Enter　確定重新註冊", "Enter  Yes, enrol again")
SETTING_APART = Text("正在保留舊的日誌…", "Keeping the old journal…")
NOT_APART = Text(
    "磁碟寫不進副本，沒有任何變動。清出空間後再試。",
    "The disk takes no copy. Nothing changed; make room and try again.",
)
