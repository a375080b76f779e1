"""Brevo's sentences about errors, without what they may have taken from a contact; pure.

They repeat names, numbers and values as they were sent, in quotation marks or without. So of a
sentence only those words are passed on that are known to be nobody's.
"""

from __future__ import annotations

import re

LEFT_OUT = "…"
"""Stands for words that may be somebody's."""

_KNOWN = """
a account activated active add address addresses all allowed already also an and another any api are
array as associated at attribute attributeCategory attributes authorised authorized available batch
be been before being belong blocked body both but by campaign campaigns can cannot category change
check contact contact_id contacts could create created creation credits current currently daily data
date date-time date-times dates day days delete deleted denied detected disabled do does done
duplicate email emails empty enabled endDate endpoint enough error event event_name events exactly
exceed exceeded exceeds exist existing exists expired ext_id ext_ids extIds failed field fields file
fileBody fileUrl filter folder folderId for forbidden format found from general given greater has
have header hour id idempotency idempotencyKey identifier identifiers identifierType ids if in
incorrect input integer integers internal invalid ip is it items json jsonBody key know
landline_number later less limit limits list listIds lists longer made make many max maximum message
method minimum missing modifiedSince more most must name names no not number numbers object of
offset ok old on one only operation option options or order orders other our page param parameter
parameters params pass passed past permission phone plan please process processed processId provided
queue quota range reached read request requests required resource same segmentId select send sender
server service should sms some sort span startDate status still string subscribed subscription
subscriptions template templateId test text than that the there this time to together too try type
unable unauthorized unavailable unique unknown unrecognised unrecognized unsubscribed unsupported
until update updated updateEnabled upgrade url use used user using UTC valid value values was we
webhook webhooks which who with within without would write you your
"""
_FOLDED = frozenset(each.casefold() for each in _KNOWN.split())
_AROUND = " \t.,:;!?()[]{}<>\"'`"
_CODE = re.compile(r"[a-z][a-z_]{0,63}", re.ASCII)
_REPEATED = re.compile(rf"{LEFT_OUT}(?: {LEFT_OUT})+")


def known_words(sentence: str) -> str:
    """Return a sentence with every word left out that may be somebody's."""
    words = [
        each if each.strip(_AROUND).casefold() in _FOLDED else LEFT_OUT for each in sentence.split()
    ]
    return _REPEATED.sub(LEFT_OUT, " ".join(words))


def known_code(code: str) -> str | None:
    """Return Brevo's word for an error, such as ``invalid_parameter``; None for anything else."""
    return code if _CODE.fullmatch(code) else None
