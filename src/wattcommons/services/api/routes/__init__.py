"""One router a file, each by `router()`; `app.py` lists them."""
