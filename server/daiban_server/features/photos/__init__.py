"""Photos of papers: upload tickets, tus 1.0, the store that keeps the bytes, and the look at a picture.

`receiving` says what happens to an upload, `tus` how that looks over HTTP, `port` what a store and a
recorder must do, `store` does it on a local disk, `inspect` opens pictures in a process of its own.
`DESIGN.md` beside it says why.
"""
