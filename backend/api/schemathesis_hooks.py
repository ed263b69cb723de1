"""What no description can say of two values that are each right alone, and what there is in a demo."""

import uuid

import schemathesis

KNOWN = {"site": "planta-1", "plc": "plc-03", "gateway": "granix-ba-gw-01"}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    # Most names made up are nobody's: two of three times it is one that exists.
    if "site" in (case.path_parameters or {}) and hash(case.id) % 3:
        for name, value in KNOWN.items():
            if name in case.path_parameters:
                case.path_parameters[name] = value
    # Guessed from other answers, where PLCs and gateways go by their names.
    for name, value in (case.path_parameters or {}).items():
        if name == "id" and not is_uuid(value):
            case.path_parameters[name] = str(uuid.uuid5(uuid.NAMESPACE_OID, str(value)))
    # A cursor is what a list gave out; one made up is refused, as it should be.
    if case.query:
        case.query.pop("cursor", None)
    # The version is named once, here or there.
    named = isinstance(case.body, dict) and "version" in case.body or "version" in (case.query or {})
    if named and case.headers:
        case.headers.pop("If-Match", None)


def is_uuid(text):
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False
