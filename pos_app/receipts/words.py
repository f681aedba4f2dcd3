"""The one catalogue of the words on receipts, in Traditional Chinese and English (design.md 4, domain.md "Words")."""

from dataclasses import dataclass

from shared.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWords:
    """Every phrase a receipt can hold; braces are filled in by the layout."""

    charge_heading: str
    training_heading: str
    training_note: str
    offline_banner: str
    offline_no: str
    offline_note: str
    terminal: str
    cashier: str
    card_types: dict[str, str]
    card_other: str
    tiers: tuple[str, ...]
    tier_other: str
    raw: str
    discount: str
    payable: str
    points_earned: str
    points_balance: str
    journal: str
    copy: str
    cancel_heading: str
    cancel_note: str
    cancelled_charge: str
    reversal_no: str
    cancelled_amount: str
    matter_heading: str
    matter_number: str
    matter_amount: str
    matter_manager: str
    z_heading: str
    x_heading: str
    charged: str
    confirmed: str
    pending: str
    reversed: str
    refunded: str
    refund_requested: str
    in_doubt: str
    net: str
    counted: str
    difference: str
    difference_slips: str
    provisional: str
    closed_in_doubt: str
    adjustment_heading: str
    adjustment_sum: str
    adjustment_note: str


ZH_TW = ReceiptWords(
    charge_heading="收款憑證（非統一發票）",
    training_heading="訓練・不是收據",
    training_note="練習用，沒有收款。",
    offline_banner="■■■■ 離 線 收 款 ■■■■",
    offline_no="離線單號 {number}",
    offline_note="已收款；連線後自動上傳，積分屆時計入。請保留本單。",
    terminal="終端 {no}",
    cashier="收銀 {name}",
    card_types={"standard": "標準卡", "prepaid": "預付卡", "corporate": "企業卡", "voucher": "優惠券卡"},
    card_other="卡片",
    tiers=("普通", "銀卡", "金卡", "鑽石"),
    tier_other="等級 {tier}",
    raw="原價",
    discount="會員 {tenths} 折",
    payable="實付 {currency}",
    points_earned="本次積分 {points}",
    points_balance="目前 {points}",
    journal="日誌 #{seq}  {hash}",
    copy="**** 補印 COPY {number}  {time} ****",
    cancel_heading="取消單・不是收款憑證",
    cancel_note="已取消，這筆不會成立；若已扣款會自動退回。",
    cancelled_charge="原交易 {number}",
    reversal_no="取消單號 {number}",
    cancelled_amount="取消 {currency}",
    matter_heading="待處理明細・不是收據",
    matter_number="單號 {number}",
    matter_amount="金額 {currency}",
    matter_manager="店長簽名",
    z_heading="Z 交班單   班 {shift}",
    x_heading="X 查帳・未結班   班 {shift}",
    charged="收款",
    confirmed="已確認",
    pending="待上傳",
    reversed="取消",
    refunded="退款",
    refund_requested="申請中(未退)",
    in_doubt="結果未定",
    net="淨額",
    counted="盤點 {count} 張 {amount}",
    difference="差 {amount}",
    difference_slips="差 {count} 張 {amount}",
    provisional="暫結：{count} 筆待上傳，入帳後印調整單",
    closed_in_doubt="帶未定結班：{count} 筆結果未定",
    adjustment_heading="調整單   班 {shift}",
    adjustment_sum="遲到入帳",
    adjustment_note="班 {shift} 的 Z 交班單不變，以本單調整。",
)

EN = ReceiptWords(
    charge_heading="Payment receipt (not a tax invoice)",
    training_heading="TRAINING – NOT A RECEIPT",
    training_note="For practice; no money was taken.",
    offline_banner="■■■■ PAID OFFLINE ■■■■",
    offline_no="Offline no. {number}",
    offline_note="Paid; sent when the line returns, points follow then. Please keep this slip.",
    terminal="Terminal {no}",
    cashier="By {name}",
    card_types={"standard": "Standard", "prepaid": "Prepaid", "corporate": "Corporate", "voucher": "Voucher"},
    card_other="Card",
    tiers=("Regular", "Silver", "Gold", "Diamond"),
    tier_other="Tier {tier}",
    raw="Price",
    discount="{percent}% off",
    payable="Paid {currency}",
    points_earned="Points {points}",
    points_balance="now {points} pts",
    journal="Journal #{seq}  {hash}",
    copy="**** COPY {number}  {time} ****",
    cancel_heading="CANCELLED – NOT A RECEIPT",
    cancel_note="Cancelled; anything taken goes back by itself.",
    cancelled_charge="Charge {number}",
    reversal_no="Cancellation {number}",
    cancelled_amount="Cancelled {currency}",
    matter_heading="TO DO – NOT A RECEIPT",
    matter_number="No. {number}",
    matter_amount="Amount {currency}",
    matter_manager="Manager",
    z_heading="Z Shift report  Shift {shift}",
    x_heading="X Interim  Shift {shift} (open)",
    charged="Charged",
    confirmed="Confirmed",
    pending="To be sent",
    reversed="Cancelled",
    refunded="Refunded",
    refund_requested="Requested only",
    in_doubt="Result unknown",
    net="Net",
    counted="Counted {count} slips {amount}",
    difference="Diff. {amount}",
    difference_slips="Diff. {count} slips {amount}",
    provisional="Provisional: {count} to be sent; an adjustment is printed once booked",
    closed_in_doubt="Closed with results unknown: {count}",
    adjustment_heading="Adjustment  Shift {shift}",
    adjustment_sum="Booked late",
    adjustment_note="The Z of shift {shift} stays as printed; this slip adjusts it.",
)

WORDS: dict[Language, ReceiptWords] = {"zh_TW": ZH_TW, "en": EN}
