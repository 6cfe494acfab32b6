"""The console's two languages. Chinese is written in the code and the templates; other languages are Babel catalogues.

`spoken` says a text in the language of the request, `marking` finds what is to be said in templates, `extracting` keeps
the catalogues up with both (``python -m daiban_server.console.languages``), `retelling` says again what the server
keeps as a Chinese sentence. Names, items and whatever somebody typed are said by nobody: they stay as they are.
"""
