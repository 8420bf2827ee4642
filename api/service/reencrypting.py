"""Writing a whole store anew under the first key there is: what was plain before, and what an older key encrypted."""

from __future__ import annotations

from functools import partial

from api.errors import Refused
from api.service.audit import Deed, note
from api.service.encrypting import VARIABLE, anew, has_key
from api.service.keys import CONSOLE
from api.service.schema import ENCRYPTED
from api.service.store import Store


def encrypt(store: Store) -> bool:
    """Encrypt every row, so many at once, while others read and write; nothing of what was there before is left.

    False where another process was reading just then and SQLite's log still holds some. Raises Refused without a key.
    """
    if not has_key(store.engine):
        raise Refused(f"{VARIABLE} holds no key; wardwright encrypt --new-key makes one")
    for table in ENCRYPTED:
        last = store.write(partial(anew, table=table, after=None))
        while last is not None:
            last = store.write(partial(anew, table=table, after=last))
    store.write(lambda connection: note(connection, Deed(CONSOLE, "store encrypted", "", "", "first key")))
    return store.scrub()
