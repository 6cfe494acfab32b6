"""A household that a form names as people do: by its head's name, pinyin, telephone or address."""

from collections.abc import Mapping

from daiban_server.console.asking import Form
from daiban_server.console.languages.spoken import listed, say
from daiban_server.features.households.finding import found
from daiban_server.http.session import SignedIn
from daiban_server.services import Services

SEVERAL = 4
"""Households of which each is told where more than one fits; of more only their number is."""


async def homes_by_id(
    asked: Form, given: Mapping[str, str], session: SignedIn, services: Services
) -> tuple[dict[str, str], dict[str, str]]:
    """The form with the id of each household that it names, and what is wrong, by field."""
    said, errors = dict(given), dict[str, str]()
    for one in asked.inputs:
        if one.editor != "home" or not (text := given.get(one.name, "").strip()):
            continue
        homes = await found(session.clerk.centre, text, services.database, services.keys)
        if len(homes) == 1:
            said[one.name] = homes[0].record
        elif homes:
            told = [" ".join(filter(None, (home.head, home.village, home.address))) for home in homes[:SEVERAL]]
            names = say("如 {0}", listed(told)) if len(homes) > SEVERAL else listed(told)
            errors[one.name] = say("有 {0} 户符合：{1}。请写那一户的电话或住址。", len(homes), names)
        else:
            errors[one.name] = say("没有找到“{0}”这一户。姓名、拼音、电话、住址都能找。", text)
    return said, errors
