"""``python -m daiban_server.console.languages``: bring the catalogues up with the console; say what lacks."""

from daiban_server.console.languages.extracting import others, renewed, written
from daiban_server.console.languages.spoken import FOLDER

for language in others():
    catalogue = renewed(language)
    (FOLDER / f"{language}.po").write_bytes(written(catalogue))
    lacking = [str(one.id) for one in catalogue if one.id and not one.string]
    print(f"{language}: {len(catalogue)} texts, {len(lacking)} without a translation")
    print(*(f"  {text}" for text in lacking), sep="\n")
