"""Random values of botocore's shapes, and the one form in which values are compared.

A value that `random_value` makes for an input obeys the model, so that validation accepts it.
"""

import base64
import datetime
import math
import struct

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLISECOND = datetime.timedelta(milliseconds=1)

# What no format may trip over: markup, escapes, separators of forms, line ends, and characters
# within and beyond the basic plane.
PLAIN = "abcXYZ019 .-_~/+%&=?#<>'\"\\;:,()[]{}\t\n\réß日本𝄞\u0085\u00a0\u2028\ufffd"
# What XML cannot carry; all other formats can.
CONTROL = "\x00\x01\x1b\x7f\uffff"

TAG = "aZ 09_.:/=+-@é日٣"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def letters_of(alphabet):
    return lambda rng, least, most: "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def repository_name(rng, least, most):
    parts = [letters_of(LETTERS)(rng, 2, 5) for _ in range(rng.randint(1, 4))]
    name = parts[0]
    for part in parts[1:]:
        name += rng.choice([".", "_", "__", "-", "---", "/"]) + part
    assert least <= len(name) <= most
    return name


def after_no_colon(rng, least, most):
    text = letters_of(PLAIN.translate({ord(c): None for c in "\n\r\u0085\u2028"}))(rng, least, most)
    return "x" + text[1:]


def uuid(rng, _least, _most):
    hexadecimal = letters_of("0123456789abcdefABCDEF")
    return "-".join(hexadecimal(rng, length, length) for length in (8, 4, 4, 4, 12))


def layer_digest(rng, _least, _most):
    return f"sha256:{letters_of('0123456789abcdef')(rng, 64, 64)}"


# How values of the patterns in the inputs are made; a new pattern needs a new line.
PATTERNS = {
    r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)": letters_of(TAG),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": letters_of(TAG),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$": letters_of(TAG),
    r"^[0-9a-zA-Z._*-]{1,128}$": letters_of("aZ0._*-"),
    r"[0-9]{12}": lambda rng, least, most: letters_of("0123456789")(rng, 12, 12),
    r"^\d{12}$": letters_of("0123456789"),
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*": repository_name,
    r"[\w+=/:,.@-]*": letters_of("aZ09_+=/:,.@-"),
    r"[\w#+=/:,.@-]*": letters_of("aZ09_#+=/:,.@-"),
    r"[\.\-_/#A-Za-z0-9]+": letters_of(".-_/#aZ0"),
    r"[\.\-_/#A-Za-z0-9]*": letters_of(".-_/#aZ0"),
    r"[^:*]*": letters_of(PLAIN.replace(":", "")),
    r"[\w+=,.@-]+": letters_of("aZ09_+=,.@-"),
    r"[^:].*": after_no_colon,
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}": uuid,
    r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+": layer_digest,
}


class Maker:
    """Makes values of one operation.

    `present` is how likely an optional member is there: 1 makes all of them, 0 only the required.
    `obedient` values keep to lengths, ranges, enumerations and patterns.
    """

    def __init__(self, rng, present, obedient, xml):
        self.rng = rng
        self.present = present
        self.obedient = obedient
        self.alphabet = PLAIN if xml else PLAIN + CONTROL

    def make(self, shape, within=()):
        method = getattr(self, f"make_{shape.type_name}")
        return method(shape, within + (shape.name,))

    def bounds(self, shape, least, most):
        """A range of lengths or values, as the model has it where values are to be obedient."""
        if not self.obedient:
            return least, most
        low = shape.metadata.get("min", least)
        high = shape.metadata.get("max", max(low, most))
        return low, high

    def few(self, shape, most):
        least = 1 if self.present == 1 else 0
        low, high = self.bounds(shape, least, most)
        return self.rng.randint(low, max(low, min(high, most)))

    def make_structure(self, shape, within):
        if getattr(shape, "is_tagged_union", False):
            name = self.rng.choice(list(shape.members))
            return {name: self.make(shape.members[name], within)}
        # A shape that holds itself must end somewhere.
        present = 0 if within.count(shape.name) > 2 else self.present
        return {
            name: self.make(member, within)
            for name, member in shape.members.items()
            if name in shape.required_members or self.rng.random() < present
        }

    def make_list(self, shape, within):
        return [self.make(shape.member, within) for _ in range(self.few(shape, 3))]

    def make_map(self, shape, within):
        return {self.make(shape.key, within): self.make(shape.value, within) for _ in range(self.few(shape, 3))}

    def make_string(self, shape, within):
        if shape.enum and (self.obedient or self.rng.random() < 0.5):
            return self.rng.choice(shape.enum)
        low, high = self.bounds(shape, 0, 12)
        high = max(low, min(high, low + 12))
        pattern = shape.metadata.get("pattern")
        if pattern and self.obedient:
            return PATTERNS[pattern](self.rng, max(low, 1), max(high, 1) if pattern != PATTERN_OF_NAMES else 256)
        return letters_of(self.alphabet)(self.rng, low, high)

    def make_boolean(self, shape, within):
        return self.rng.random() < 0.5

    def whole(self, shape, bits):
        low, high = self.bounds(shape, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return self.rng.choice([low, high, self.rng.randint(low, high), max(low, min(high, 0))])

    def make_integer(self, shape, within):
        return self.whole(shape, 32)

    def make_long(self, shape, within):
        return self.whole(shape, 64)

    def make_double(self, shape, within):
        low, high = self.bounds(shape, -1e6, 1e6)
        extremes = [] if {"min", "max"} & set(shape.metadata) else [1e300, 5e-324, math.inf, -math.inf, math.nan]
        return self.rng.choice([self.rng.uniform(low, high), float(self.rng.randint(int(low), int(high))), *extremes])

    def make_float(self, shape, within):
        return struct.unpack(">f", struct.pack(">f", self.rng.uniform(-1e6, 1e6)))[0]

    def make_timestamp(self, shape, within):
        return EPOCH + self.rng.randint(-(10**12), 4 * 10**12) * MILLISECOND

    def make_blob(self, shape, within):
        low, high = self.bounds(shape, 0, 12)
        return self.rng.randbytes(self.rng.randint(low, max(low, min(high, 12))))


PATTERN_OF_NAMES = next(pattern for pattern, make in PATTERNS.items() if make is repository_name)


def canonical(value, shape):
    """A value as botocore takes or gives it, or as awsJson has it, in one form."""
    kind = shape.type_name
    if kind == "structure":
        return {name: canonical(part, shape.members[name]) for name, part in value.items()}
    if kind == "list":
        return [canonical(part, shape.member) for part in value]
    if kind == "map":
        return {key: canonical(part, shape.value) for key, part in value.items()}
    if kind == "timestamp":
        if isinstance(value, datetime.datetime):
            return round((value - EPOCH) / MILLISECOND)
        return round(value * 1000)
    if kind == "blob":
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value
    if kind in ("float", "double"):
        if isinstance(value, str):
            return value
        if math.isnan(value):
            return "NaN"
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, float(value))
    assert isinstance(value, {"string": str, "boolean": bool, "integer": int, "long": int}[kind]), (value, kind)
    return value


def to_json(value, shape):
    """The awsJson form of a value: what `canonical` gives, but for moments."""
    kind = shape.type_name
    if kind == "structure":
        return {name: to_json(part, shape.members[name]) for name, part in value.items()}
    if kind == "list":
        return [to_json(part, shape.member) for part in value]
    if kind == "map":
        return {key: to_json(part, shape.value) for key, part in value.items()}
    if kind == "timestamp":
        return canonical(value, shape) / 1000
    return canonical(value, shape)


NOTHING = object()


def sayable(value, shape, protocol):
    """What is left of an input in a form: the Query protocols have no way to say that a structure
    or a map is there and empty, and ec2 none to say it of a list."""
    if protocol not in ("query", "ec2"):
        return value
    left = _sayable(value, shape, protocol)
    return {} if left is NOTHING else left


def _sayable(value, shape, protocol):
    kind = shape.type_name
    if kind == "structure":
        parts = {name: _sayable(part, shape.members[name], protocol) for name, part in value.items()}
    elif kind == "map":
        parts = {key: _sayable(part, shape.value, protocol) for key, part in value.items()}
    elif kind == "list":
        items = [_sayable(part, shape.member, protocol) for part in value]
        left = [item for item in items if item is not NOTHING]
        return left if left or (not value and protocol == "query") else NOTHING
    else:
        return value
    left = {name: part for name, part in parts.items() if part is not NOTHING}
    return left or NOTHING
