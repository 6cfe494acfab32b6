"""Whatever the catalogue holds, its workbook says it."""

from hypothesis import given, settings

from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.check import canonical
from daiban_server.features.catalogue.difference import compare
from tests.catalogue.generated import catalogues
from tests.catalogue.workbooks import CENTRES, read, written


@settings(max_examples=80, deadline=None)
@given(catalogues())
def test_any_catalogue_comes_back_from_its_workbook_unchanged(catalogue: Catalogue) -> None:
    again = read(written(catalogue), catalogue)
    assert again == catalogue
    assert {change.what for change in compare(catalogue, again, CENTRES)} == {"unchanged"}


@settings(max_examples=80, deadline=None)
@given(catalogues(), catalogues())
def test_a_comparison_names_every_field_that_differs_and_no_other(before: Catalogue, after: Catalogue) -> None:
    old = {item["code"]: item for item in before.items}
    new = {item["code"]: item for item in after.items}
    for change in compare(before, after, CENTRES):
        if change.kind == "item":
            one, other = old.get(change.code, {}), new.get(change.code, {})
            differing = {name for name in {**one, **other} if one.get(name) != other.get(name)}
            if change.what in ("changed", "unchanged"):
                assert {difference.field for difference in change.differences} == differing
                assert all(difference.text for difference in change.differences)
            else:
                assert (change.what == "added") == (not one)


@settings(max_examples=50, deadline=None)
@given(catalogues())
def test_the_canonical_form_is_its_own(catalogue: Catalogue) -> None:
    for fields in (*catalogue.items, *catalogue.windows):
        assert canonical(fields) == fields
