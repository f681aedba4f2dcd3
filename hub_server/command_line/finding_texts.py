"""What each finding of `check` and `verify-audit` means, in both languages; the names themselves are stable."""

from shared.problems import Language

MEANINGS: dict[str, dict[Language, str]] = {
    "account_owner": {"en": "an account is somebody else's", "zh_TW": "帳戶不屬於其持有者"},
    "adjustment": {"en": "an adjustment and what it moved disagree", "zh_TW": "調整與其交易不符"},
    "api_key": {"en": "an API key is malformed", "zh_TW": "API 金鑰資料不正確"},
    "audit_event_changed": {"en": "an audit event was changed", "zh_TW": "審計事件遭更改"},
    "audit_event_dropped": {"en": "an audit event is gone", "zh_TW": "審計事件遭刪除"},
    "audit_event_unlinked": {"en": "an audit event was slipped in", "zh_TW": "審計事件遭插入且不在鏈中"},
    "audit_head_changed": {"en": "a signed head's row was changed", "zh_TW": "已簽章鏈首的資料列遭更改"},
    "audit_head_differs": {"en": "the chain is not what was signed", "zh_TW": "鏈與已簽章的鏈首不符"},
    "audit_head_dropped": {"en": "a signed head is gone", "zh_TW": "已簽章鏈首遭刪除"},
    "audit_head_forged": {"en": "a head's signature proves nothing", "zh_TW": "鏈首簽章無效"},
    "audit_link_changed": {"en": "a link of the chain was changed", "zh_TW": "鏈結遭更改"},
    "audit_link_dropped": {"en": "a link of the chain is gone", "zh_TW": "鏈結遭刪除"},
    "audit_link_inserted": {"en": "a link was put into the chain", "zh_TW": "鏈結遭插入"},
    "audit_link_moved": {"en": "links of the chain were moved", "zh_TW": "鏈結次序遭更動"},
    "audit_tail_cut": {"en": "the chain's end was cut off", "zh_TW": "鏈尾遭截斷"},
    "card_accounts": {"en": "a card's accounts are impossible", "zh_TW": "卡片帳戶餘額不可能"},
    "card_balance": {"en": "a balance is not the ledger's", "zh_TW": "卡片餘額與總帳不符"},
    "card_holders": {"en": "a card's holders are not allowed", "zh_TW": "卡片綁定不符規則"},
    "card_number": {"en": "a card's number is wrong", "zh_TW": "卡號不正確"},
    "card_points": {"en": "points are not those of the point rows", "zh_TW": "積分與積分紀錄不符"},
    "card_tier": {"en": "a tier is not that of the points", "zh_TW": "等級與積分不符"},
    "code_beside_another": {"en": "a card has two live codes", "zh_TW": "同一卡片有兩個有效付款碼"},
    "code_certificate": {"en": "a code is not what the hub signed", "zh_TW": "付款碼與簽發內容不符"},
    "code_history": {"en": "a code and its history disagree", "zh_TW": "付款碼與其歷史不符"},
    "code_of_stopped_card": {"en": "a stopped card's code lives on", "zh_TW": "停用卡片的付款碼仍有效"},
    "code_state": {"en": "a code and its charges disagree", "zh_TW": "付款碼狀態與扣款不符"},
    "decision_entry": {"en": "an entry and its decision disagree", "zh_TW": "日誌條目與其決定不符"},
    "decision_missing": {"en": "a decision is gone or too many", "zh_TW": "決定缺少或多餘"},
    "decision_signature": {"en": "a decision's signature proves nothing", "zh_TW": "決定的簽章無效"},
    "decision_transaction": {"en": "a decision names another transaction", "zh_TW": "決定指向另一筆交易"},
    "idempotency_key": {"en": "an idempotency key names another transaction", "zh_TW": "冪等鍵與其交易不符"},
    "journal_chain": {"en": "a journal's chain is broken", "zh_TW": "終端日誌鏈中斷"},
    "journal_end": {"en": "a journal's end is not the verified one", "zh_TW": "終端日誌末端與已驗證者不符"},
    "journal_entry": {"en": "an entry's columns are not what was signed", "zh_TW": "日誌條目與簽章內容不符"},
    "journal_gap": {"en": "an entry is gone", "zh_TW": "日誌條目缺漏"},
    "journal_signature": {"en": "an entry's signature proves nothing", "zh_TW": "日誌條目簽章無效"},
    "point_row": {"en": "a point row does not follow the one before", "zh_TW": "積分紀錄不連續"},
    "point_row_card": {
        "en": "a point row is of another card's transaction",
        "zh_TW": "積分紀錄屬於另一卡片的交易",
    },
    "posting_account": {"en": "a posting moved the wrong accounts", "zh_TW": "分錄帳戶錯誤"},
    "posting_currency": {"en": "a posting is in a wrong currency", "zh_TW": "分錄幣別錯誤"},
    "posting_orphan": {"en": "a posting has no transaction", "zh_TW": "分錄沒有交易"},
    "promotion_grant": {"en": "a grant has no promotion", "zh_TW": "贈點沒有對應的促銷"},
    "transaction_claw_back": {"en": "more points were taken back than are due", "zh_TW": "收回的積分過多"},
    "transaction_entry": {"en": "a transaction has no entry", "zh_TW": "交易沒有日誌條目"},
    "transaction_given_back": {"en": "what went back does not add up", "zh_TW": "已退金額不符"},
    "transaction_number": {"en": "a transaction's number is wrong", "zh_TW": "交易編號不正確"},
    "transaction_original": {"en": "it undoes what it cannot undo", "zh_TW": "退款或沖正的原交易不符"},
    "transaction_payable": {"en": "what was paid is not amount times rate", "zh_TW": "實付金額與費率不符"},
    "transaction_points": {
        "en": "a transaction and its point rows disagree",
        "zh_TW": "交易積分與積分紀錄不符",
    },
    "transaction_postings": {"en": "a transaction and its postings disagree", "zh_TW": "交易與分錄不符"},
    "transaction_status": {"en": "a transaction's status is not what happened", "zh_TW": "交易狀態不符"},
    "transaction_unfinished": {"en": "a transaction was left unfinished", "zh_TW": "交易未完成"},
}


def finding_line(check: str, subject: str, detail: str, language: Language) -> str:
    """One finding as people read it: its name, what it means, the row, and what is there."""
    return f"{check} ({MEANINGS[check][language]}): {subject}: {detail}"
