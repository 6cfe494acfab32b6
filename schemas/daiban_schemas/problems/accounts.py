"""What can go wrong with an account: a step that is owed, a password that nobody should choose, a factor, a passkey."""

from collections.abc import Mapping

from daiban_schemas.problems import Problem

ACCOUNTS: Mapping[str, Problem] = {
    "session.second": Problem(401, "还差第二步验证", "请输入验证码", "A second factor is owed", "Give the code"),
    "session.change": Problem(
        403, "请先改成自己的密码", "改好后再继续", "The first password must be changed", "Choose your own"
    ),
    "session.enrol": Problem(
        403, "您的岗位须设置第二步验证", "设置好后再继续", "Your role needs a second factor", "Enrol one"
    ),
    "session.complete": Problem(409, "这一步已经完成", "不用再做", "Nothing is owed any more", "Go on"),
    "session.stale": Problem(
        403, "请先确认是您本人", "再输一次密码", "Show again who you are", "Give your password once more"
    ),
    "session.unknown": Problem(404, "没有这一处登录", "它可能已经退出", "Unknown session", "It may have ended"),
    "password.short": Problem(422, "密码太短", "请至少用 10 个字符", "Too short", "Use ten characters at least"),
    "password.long": Problem(422, "密码太长", "请不要超过 200 个字符", "Too long", "Use 200 characters at most"),
    "password.common": Problem(
        422,
        "这个密码太常见，容易被猜到",
        "请换一句只有您想得到的话",
        "A common password",
        "Choose a phrase of your own",
    ),
    "password.own_name": Problem(
        422, "密码里有您的姓名或账号", "请换一个", "It has your own name in it", "Choose another"
    ),
    "password.same": Problem(422, "新密码和原来的一样", "请换一个", "It is the old one", "Choose another"),
    "code.wrong": Problem(
        422, "验证码不对或已用过", "请等下一个验证码再输", "Wrong code, or used already", "Wait for the next one"
    ),
    "code.nothing_new": Problem(
        409, "没有等着启用的验证器", "请重新开始启用", "No app waits to be confirmed", "Begin again"
    ),
    "code.sealed": Problem(
        409,
        "服务器换过密钥，验证器不能用了",
        "请用备用码，或请负责人取消后重设",
        "Sealed under another key",
        "Enrol again",
    ),
    "factor.none": Problem(409, "还没有设置第二步验证", "请先设置", "There is no second factor", "Enrol one first"),
    "factor.last": Problem(
        409,
        "您的岗位须有第二步验证，这是最后一个",
        "请先添加另一个",
        "Your role needs a factor and this is the last",
        "Add another first",
    ),
    "factor.own": Problem(
        409, "自己的请在“我的账号”里改", "到“我的账号”办理", "One's own is changed in one's account", "Go there"
    ),
    "passkey.address": Problem(
        409,
        "用数字地址访问时不能用通行密钥",
        "请用服务器的域名访问",
        "Passkeys need a host name",
        "Use the server's name",
    ),
    "passkey.too_many": Problem(
        409, "通行密钥已满 10 个", "请先删掉不用的", "Ten passkeys already", "Remove one first"
    ),
    "passkey.known": Problem(409, "这个通行密钥已登记", "不用再登记", "It is registered already", "Use it"),
    "passkey.unknown": Problem(404, "没有这个通行密钥", "请先添加", "Unknown passkey", "Add one first"),
    "passkey.challenge": Problem(
        409, "等得太久，或已经用过", "请重新来一次", "Not asked for, too late or used", "Begin again"
    ),
    "passkey.refused": Problem(
        422, "通行密钥没有通过核对", "请重试", "The passkey's answer does not hold", "Try again"
    ),
    "passkey.client_data": Problem(
        422, "签名签的不是这一份", "请核对材料", "The signature is over something else", "Check the evidence"
    ),
    "passkey.host": Problem(
        422, "签名不是在这个网站上签的", "请核对材料", "Signed on another site", "Check the evidence"
    ),
    "passkey.unverified": Problem(
        422, "签名时没有核验本人", "请核对材料", "Nobody was verified while signing", "Check the evidence"
    ),
    "passkey.signature": Problem(422, "签名不对", "请核对材料", "The signature does not hold", "Check the evidence"),
    "oidc.none": Problem(404, "没有设置统一身份认证", "请用账号密码登录", "No provider is set", "Use your password"),
    "oidc.unreachable": Problem(
        502, "现在连不上统一身份认证", "请用账号密码登录，或稍后再试", "The provider does not answer", "Try again later"
    ),
    "oidc.state": Problem(
        403, "这次登录不是从这里开始的，或等得太久", "请重新开始", "Not begun here, or too late", "Begin again"
    ),
    "oidc.refused": Problem(403, "统一身份认证没有同意这次登录", "请重新开始", "The provider refused", "Begin again"),
    "oidc.token": Problem(
        403,
        "统一身份认证的答复没有通过核对",
        "请重新开始，仍不行请告诉区政务办",
        "Its token does not hold",
        "Begin again",
    ),
    "oidc.unlinked": Problem(
        403,
        "统一身份认证里的这个人还没有和这里的账号绑定",
        "请用密码登录后在“我的账号”里绑定，或请负责人准许",
        "Nobody here is linked to this account",
        "Sign in by password and link it, or ask your head",
    ),
    "oidc.taken": Problem(409, "它已和别人的账号绑定", "请换自己的", "It is linked to somebody else", "Use your own"),
    "oidc.no_desk": Problem(
        403, "这里是中心的页面", "代办员请在手机应用里办理", "These are the centre's pages", "Use the app"
    ),
}
