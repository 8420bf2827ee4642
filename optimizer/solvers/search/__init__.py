"""A search for whole-number programs that plain branch and cut leaves far open.

Whoever proves raises the bound; whoever improves solves small parts of the best plan again, each with everything far
from it left as it stands, so that a part takes a second however large the program is.
"""
