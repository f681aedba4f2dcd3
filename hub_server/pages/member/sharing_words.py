"""What the member's page says about sharing cards (domain.md, Cards)."""

from hub_server.pages.member.text import Text

SHARING_TEXTS: dict[str, Text] = {
    # Roles
    "role_legend": Text("角色", "Role"),
    "role_owner": Text("擁有者", "Owner"),
    "role_admin": Text("管理員", "Admin"),
    "role_member": Text("成員", "Member"),
    "role_viewer": Text("檢視者", "Viewer"),
    "can_owner": Text(
        "和您一樣管理這張卡片，也能移除別人", "Manages the card as you do, and can remove others"
    ),
    "can_admin": Text("可以付款，也能為企業卡充值", "Can pay, and top up a corporate card"),
    "can_member": Text("可以付款", "Can pay"),
    "can_viewer": Text("只看餘額和交易", "Sees the balance and transactions only"),
    # Taking up an invitation
    "invited": Text(
        "有人邀請您共用卡片。登入或註冊後就能加入。",
        "Somebody invites you to share a card. Sign in or register to join it.",
    ),
    "join_title": Text("加入這張卡片？", "Join the card?"),
    "join_text": Text(
        "有人邀請您共用卡片。加入後，卡片會出現在「我的卡片」。",
        "Somebody invites you to share a card. Once you join, it is among your cards.",
    ),
    "join": Text("加入", "Join"),
    "not_now": Text("不要", "No"),
    "not_joined": Text("沒有加入卡片", "Not joined"),
    "joined_title": Text("已加入卡片", "You have joined the card"),
    "joined_text": Text("卡片 {card}，您的角色是{role}。", "Card {card}. Your role: {role}."),
    "had_title": Text("這張卡片已是您的", "You have this card already"),
    "had_text": Text("卡片 {card}，您的角色仍是{role}。", "Card {card}. Your role is still: {role}."),
    "waiting_title": Text("等待擁有者確認", "Waiting for the owner"),
    "waiting_text": Text(
        "卡片 {card}：您現在是{role}，擁有者確認後成為{wished}。",
        "Card {card}. Your role is {role} now, and {wished} once an owner confirms.",
    ),
    # By number
    "add_card": Text("加入卡片", "Add a card"),
    "adding_lead": Text(
        "輸入別人和您共用的預付卡或企業卡的卡號。",
        "Type the number of a prepaid or corporate card that somebody shares with you.",
    ),
    "number_label": Text("卡號", "Card number"),
    "number_missing": Text("請輸入卡號。", "Type the card's number."),
    "password_label": Text("卡片密碼（有設定才填）", "Card password (if it has one)"),
    "adding_hint": Text(
        "沒有密碼的卡片，要等擁有者確認您的角色。",
        "If the card has no password, an owner has to confirm your role.",
    ),
    "password_needed": Text(
        "這張卡片需要密碼。請向擁有者詢問。", "This card needs its password. Ask its owner."
    ),
    # Leaving
    "leave": Text("退出卡片", "Leave the card"),
    "leave_title": Text("退出這張卡片？", "Leave the card?"),
    "leave_text": Text(
        "您將不能再查看或使用它，您的付款碼會失效。要再使用，須重新加入。",
        "You will not see or use it any more, and your payment code ends. To use it again, join anew.",
    ),
    "left": Text("已退出{card}。", "You have left {card}."),
    # Sharing
    "share": Text("分享", "Share"),
    "share_title": Text("分享卡片", "Share the card"),
    "invite": Text("邀請別人", "Invite somebody"),
    "requests_title": Text("等您確認", "Waiting for you"),
    "request_text": Text(
        "電話末三碼 {phone}，想成為{role}\n{time}", "Phone ending in {phone}, wishes to be: {role}\n{time}"
    ),
    "confirm": Text("確認", "Confirm"),
    "refuse": Text("拒絕", "Refuse"),
    "confirmed": Text("{name} 現在是{role}。", "{name} has the role {role} now."),
    "refused": Text("已拒絕。{name} 仍是檢視者。", "Refused. {name} remains a viewer."),
    "people_title": Text("共用這張卡片的人", "People on this card"),
    "yourself": Text("{name}（您）", "{name} (you)"),
    "nobody_else": Text(
        "還沒有別人。邀請家人或同事一起用。", "Nobody else yet. Invite family or colleagues."
    ),
    "remove": Text("移除", "Remove"),
    "remove_title": Text("移除 {name}？", "Remove {name}?"),
    "remove_text": Text(
        "對方將不能再查看或使用這張卡片，手上的付款碼會立即失效。",
        "They will not see or use the card any more, and their payment code ends at once.",
    ),
    "removed": Text("已移除 {name}。", "{name} has been removed."),
    # Caps
    "caps": Text("消費上限", "Spending caps"),
    "caps_lead": Text("{name} 用這張卡片最多能花多少。", "What {name} may spend with this card."),
    "cap_charge_label": Text("每筆上限", "Cap per charge"),
    "cap_day_label": Text("每日上限", "Cap per day"),
    "caps_hint": Text("留空就沒有上限。", "Leave empty for no cap."),
    "cap_charge": Text("每筆上限 {amount}", "{amount} per charge"),
    "cap_day": Text("每日上限 {amount}", "{amount} per day"),
    "no_caps": Text("沒有消費上限", "No spending caps"),
    "save": Text("儲存", "Save"),
    "caps_clear": Text("取消上限", "Remove the caps"),
    "caps_saved": Text("已設定 {name} 的消費上限。", "The spending caps of {name} are set."),
    "caps_cleared": Text("已取消 {name} 的消費上限。", "{name} has no spending caps any more."),
    "amount_wrong": Text(
        "金額不正確。請輸入像 500 或 1,250.50 的金額。", "Not an amount. Type one such as 500 or 1,250.50."
    ),
    "cancel": Text("取消", "Cancel"),
    # The password
    "password_title": Text("卡片密碼", "Card password"),
    "password_is_set": Text(
        "已設定密碼。知道卡號和密碼的人可以直接加入。",
        "A password is set. Whoever knows it and the card's number can join at once.",
    ),
    "password_is_none": Text(
        "沒有密碼。用卡號加入的人只能查看，等您確認角色。",
        "No password. Whoever joins by number can only view until you confirm the role.",
    ),
    "password_new": Text("新密碼（至少 6 個字元）", "New password (6 characters or more)"),
    "password_set": Text("設定密碼", "Set the password"),
    "password_change": Text("更改密碼", "Change the password"),
    "password_clear": Text("取消密碼", "Remove the password"),
    "password_wrong": Text("密碼要 6 到 72 個字元。", "The password needs 6 to 72 characters."),
    "password_saved": Text("已設定卡片密碼。", "The card's password is set."),
    "password_cleared": Text("已取消卡片密碼。", "The card has no password any more."),
    # Inviting
    "invitation_make": Text("產生邀請", "Make an invitation"),
    "invitation_alt": Text("邀請的 QR 圖", "QR of the invitation"),
    "invitation_role": Text(
        "請對方掃描，或傳連結給對方。加入後是{role}。", "Let them scan it, or send the link. Role: {role}."
    ),
    "invitation_until": Text("只能用一次。\n有效到 {time}。", "Works once.\nValid until {time}."),
    "link_label": Text("邀請連結", "Invitation link"),
    "copy": Text("複製連結", "Copy the link"),
    "copied": Text("✓ 已複製", "✓ Copied"),
    "invite_another": Text("再邀請一位", "Invite another"),
    "back_to_sharing": Text("回到分享", "Back to sharing"),
}
