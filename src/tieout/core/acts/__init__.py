"""What an act does to the ledger, once everything it depends on is known.

Each class is the resolved input of one kind of event, as it is stored with it, and `apply` is the decision:
which movements, at which cents. An action applies it to the balances it has locked; replay applies the stored
ones, event after event, to an empty book and must get the same movements.
"""
