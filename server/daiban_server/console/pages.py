"""How pages are answered and forms are read. Problems: `refusing.py`; headers: `http/headers.py`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.response import Redirect, Template

from daiban_server.accounts.sessions import CHANGE, ENROL, FULL, SECOND
from daiban_server.console.help import beside
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import SignedIn, check_csrf
from daiban_server.permissions import may
from daiban_server.services import Services
from daiban_server.spine.apply import blank

Asked = Request[Any, Any, Any]

STATIC_HEADERS = {"Cache-Control": "max-age=86400"}
STEPS = {SECOND: "/sign-in/code", CHANGE: "/sign-in/password", ENROL: "/sign-in/factor"}
"""Where a session of a lower stage goes on."""
FIELDS = 60
"""Fields of one form, unless its page says otherwise."""

_PAGES = re.compile(
    r"/(training(/again)?|summary|help|messages|audit|account|people|erasures|registers|quarantine"
    r"|receive(/item|/form)?|trust|replies"
    r"|figures(/assessment)?|households/(duplicates|[0-9a-f]{32}(/merge)?)|(cases|devices|visits|tasks|feedback)(/[0-9a-f]{32})?"
    r"|cases/[0-9a-f]{32}/photos"
    r"|people/(new|[0-9a-f]{32})|posts(/[0-9a-f]{32})?|calendar|settings"
    r"|catalogue(/change|/items/[A-Za-z0-9-]{1,20})?"
    r"|visits/(map|book|plan(/[0-9a-f]{32})?|away(/[0-9a-f]{32})?))\Z"
)
_QUERY = re.compile(r"[!-\[\]-~]{0,500}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SAID = {
    "settled": "已定下。各手机下次同步时就会看到。",
    "again": "已定下您选的值，但这期间又有人写了别的，所以还列在下面，请再看一次。",
    "held": "这一项收件或受理以后以原值为准，别的值还列在下面；确需更改，请办“更正”并写明理由。",
    "already": "这一处刚才已有人定下了，没有再改。",
    "done": "已记为办完。",
    "task-handed": "已交给他，他会收到消息。",
    "task-back": "已收回，现在归您办。",
    "task-undone": "已撤回，这件待办又列出来了。",
    "done-before": "这件事刚才已有人处理过了。",
    "approved": "审核通过。这台手机现在可以同步了。",
    "suspend": "已挂失。这台手机现在既不能交数据，也看不到新数据。找到了可以恢复。",
    "reinstate": "已恢复使用，没交的数据下次同步时交上来。",
    "revoke": "已永久停用。它以后交来的会单独存放，由中心核对。",
    "reject": "没有通过。请对方重新扫一个新码。",
    "refused": "已记为都不采用。这一批仍原样留存，可以随时查看。",
    "adopted": "所选的已采用，写明是您经手的。",
    "received": "收下了。收件凭证在“打印”里；扫描件可以接着添。",
    "kept-draft": "内容已存下，但没有提交成：请看下面哪一步不能办。",
    "noted-reception": "接待已登记。",
    "received-before": "这张表先前收下过，这次填的不一样，没有存。要改请办“更正”；改不了的办“申请人撤回”，另收一件。",
    "draft-before": "这张表先前存成了草稿，这次填的不一样，没有存。请办“申请人撤回”，再重新接待。",
    "noted-before": "这次来访先前登记过，这次填的不一样，没有存。有要补的，另登记一次。",
    "scanned": "扫描件已存好。",
    "replied": "已记下，算一次定期回复。",
    "noted": "已记下。这条没有算作定期回复：它不是包联干部本人的，也没有写明代他回复。",
    "unreached": "已记下没联系上。这次回复还欠着，请改天再联系。",
    "weighed": "考核分值改好了，分数已按新的算。",
    "merged": "已并成一户，两边的办件、上门和回复都列在这里。",
    "joined": "您打开的那一户已并入这一户。",
    "separated": "已拆开，两户各是各的，办件也各归各的。",
    "told-apart": "已记下不是一户，以后不再列出。",
    "compare-again": "已放回疑似重户，请再核对。",
    "search-kept": "查找存好了，列在这里。",
    "search-changed": "改好了。",
    "search-gone": "已删掉这个查找。",
    "given-task": "已交给他，列在他的待办里。",
    "message-again": "马上再发一次。",
    "message-told": "已记为电话告知，不再发。",
    "acted": "已办好，记在办理经过里。",
    "unmoved": "已记录，但这一件的状态没有变，办理经过里不列。中心负责人会收到一条待办，核对是怎么回事。",
    "erased": "已永久清除。登记编号和统计数字还在，姓名和内容都没有了。",
    "retention": "保存期限改好了。",
    "gone": "没有这台手机，下面是现在登记的手机。",
    "signed-out": "已退出登录。",
    "expired": "登录已过期，刚才的内容没有提交，请重新登录。",
    "password": "密码改好了。您在别处的登录都已退出。",
    "app-gone": "验证器已停用。",
    "passkey": "通行密钥已添加。",
    "passkey-gone": "通行密钥已删除。",
    "session-gone": "已退出那一处的登录。",
    "sessions-gone": "别处的登录都已退出。",
    "proved": "已确认是您本人，10 分钟内可以更改。",
    "factor-gone": "已取消。他用密码登录后可以重新设置。",
    "allowed": "已准许，七天内他首次登录时生效。",
    "linked": "已绑定，以后可以用它登录。",
    "unlinked": "已解除绑定。",
    "booked": "约好了。请照下面的话告诉住户，再打印预约单。",
    "stands": "这次上门先前已经约好，时间没有改。要换时间，请点“改约”。",
    "rebooked": "改好了。请照下面的话告诉住户，旧的预约单作废。",
    "confirmed": "已记为告知住户，这个时间不会再随意变动。",
    "cancelled": "已取消，腾出来的时间可以约给别人。",
    "released": "留着的时间已放开，别人可以约了。",
    "committed": "已采用新的安排。排好时间但住户还不知道的，请逐户打电话告知。",
    "thrown": "没有采用，原来的安排一点没动。",
    "asked-leave": "已报给中心负责人，等着安排顶岗。",
    "arranged": "已安排顶岗，双方会收到消息。受影响的上门列在下面。",
    "begun": "已交接，顶岗从现在开始。",
    "prolonged": "已延长，受影响的上门列在下面。",
    "replaced": "已换人顶岗。",
    "returned": "已记为返岗，交出去的村和办件回到本人手里。",
    "called-off": "这次请假已取消。",
    "hired": "已录用。代办员请到“手机登记”里给他出登记码。",
    "hired-before": "这张表先前已经录用了这位，没有再录。要录别人，请重新打开“录用新人”。",
    "password-before": "这张表先前已经录用了这位，没有再录。密码只显示一次，没有记下的，请到“全部人员”给他“重设密码”。",
    "placed": "负责的村改好了，他的手机下次同步时照办。",
    "account-closed": "账号已停用，各处的登录都已退出。",
    "left": "已离岗，手上的事都交给了接手的人。手机里没交来的还能交。",
    "left-before": "先前已经办了离岗，没有再办。都交给了谁，看下面。",
    "post-made": "岗位设好了，接着定人。",
    "post-before": "这张表先前已经设了这个岗位，没有再设。要设别的岗位，请回到“全部岗位”填一张新的。",
    "post-changed": "岗位内容改好了。",
    "appointed": "定好了，两个人会收到消息，手机下次同步时照办。",
    "closed-post": "岗位已撤销。",
    "laid-down": "日历改好了，各中心的期限在一天内重新计算。",
    "chosen": "改好了，马上起作用。",
    "published": "已发布。各手机下次同步时拿到新的目录。",
    "discarded": "没有发布，目录一点没动。",
    "over": "这次上门已经办过或取消了，不能再约。",
}
"""What a page says at its top after something was done; the address carries only the code."""


def said_in(request: Asked) -> str:
    """What the address says that was done, in words; "" for nothing that is known."""
    return SAID.get(request.query_params.get("said", ""), "")


def page(
    name: str, context: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Template:
    """A page from ``templates/NAME.html``."""
    session = context.get("session")
    role = session.role if session is not None else None
    known = {
        "may_devices": role is not None and may(role, "device.read"),
        "helped": beside(name),
    }
    centre = session.centre_name if session is not None and session.stage == FULL else ""
    whole = {
        "title": "",
        "session": None,
        "centre": centre,
        "here": "",
        "said": "",
        "said_link": "",
        **known,
        **context,
    }
    return Template(
        f"{name}.html", context=whole, status_code=status, headers=dict(headers or {}), media_type="text/html"
    )


def go(path: str, said: str = "", anchor: str = "") -> Redirect:
    """Lead to another page, which then says something of `SAID`."""
    query = ("&" if "?" in path else "?") + urlencode({"said": said}) if said else ""
    return Redirect(path + query + (f"#{anchor}" if anchor else ""), status_code=303)


async def show(
    name: str,
    services: Services,
    session: SignedIn,
    program: Program[Mapping[str, Any]],
    status: int = 200,
    **more: Any,
) -> Template:
    """A page for whoever is signed in; `program` gives what it shows, read on one snapshot."""
    shown = await services.database.read(program)
    return page(name, {"session": session, "now": services.now(), **shown, **more}, status)


def nothing() -> Program[Mapping[str, Any]]:
    """For `show`: nothing to read beside the frame."""
    yield from ()
    return {}


def home_of(role: str) -> str:
    """The page with which somebody begins; "" for whoever has none."""
    return "/summary" if may(role, "summary.read") else "/audit" if may(role, "audit.read") else ""


def onward(session: SignedIn, wanted: str) -> str:
    """Where somebody goes who has just shown something: to what he still has to show, or to where he wanted."""
    if wanted == "/summary":
        wanted = home_of(session.role) or wanted
    return wanted if session.stage == FULL else f"{STEPS[session.stage]}?{urlencode({'next': wanted})}"


def safe(wanted: str) -> str:
    """Where to go after signing in: one of the console's own pages with what was asked of it, whatever a link says."""
    path, _, query = wanted.partition("?")
    if not _PAGES.match(path):
        return "/summary"
    return wanted if _QUERY.fullmatch(query) else path


async def read_form(request: Asked, most: int = FIELDS) -> dict[str, str]:
    """The texts of an urlencoded form of at most `most` fields, the last one of each name; one that nobody can see is
    empty. Raises `ProblemError`: ``request.media_type``, ``request.invalid``.

    Read by hand, since the framework's decoder answers bad UTF-8 with a fault of ours.
    """
    if not request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        raise ProblemError("request.media_type")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise ProblemError("request.invalid") from None
    form = {name: value.replace("\r\n", "\n") for name, value in pairs}
    if any(_CONTROL.search(value) for value in form.values()):
        raise ProblemError("request.invalid")
    return {name: "" if blank(value) else value for name, value in form.items()}


async def signed_form(request: Asked, session: SignedIn, most: int = FIELDS) -> dict[str, str]:
    """The form of somebody signed in, with the session's CSRF token in it. Raises `ProblemError` as `read_form`, and
    ``csrf.mismatch``."""
    form = await read_form(request, most)
    check_csrf(form.get("csrf", ""), session)
    return form


def dressed(headers: Mapping[str, str]) -> Callable[[Response[Any]], Awaitable[Response[Any]]]:
    """A hook that puts `headers` on whatever a router answers."""

    async def put_on(response: Response[Any]) -> Response[Any]:
        response.headers.update(headers)
        return response

    return put_on
