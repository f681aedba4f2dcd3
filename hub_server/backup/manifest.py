"""What a copy says of itself, signed by the hub: so nobody puts back what another hub, or nobody, made."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub_server.backup.errors import DamagedCopy, ForeignCopy, NewerCopy
from shared.clock import WireInstant
from shared.jws import BadSignature, MalformedJws, payload_by_known_key, read_jws, sign_jws
from shared.signing import HubKeys, Signer
from shared.strict_json import dumps_object, loads_object

TYP = "mps-backup+jws"
VERSION = 1
DatabaseKind = Literal["sqlite", "postgresql"]


class Manifest(BaseModel):
    """The signed content.

    Attributes:
        program: the version that made it.
        schema_revision: of the database in it.
        incarnation: that of the hub when it was copied.
        data_reach: everything that was decided before is in it.
        size, sha256: of the database's copy, unpacked; bytes, and lower-case hex.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    v: int = VERSION
    program: str
    database: DatabaseKind
    schema_revision: str
    incarnation: str
    made_at: WireInstant
    data_reach: WireInstant
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def sign_manifest(manifest: Manifest, signer: Signer) -> str:
    """The compact text that lies in the copy."""
    return sign_jws(TYP, signer.kid, dumps_object(manifest.model_dump(mode="json")), signer)


def read_manifest(text: str, keys: HubKeys) -> Manifest:
    """What the copy says, once it is known to be this hub's.

    Raises:
        DamagedCopy: it was changed.
        ForeignCopy: no key of this hub signed it, or it is no manifest.
        NewerCopy: a newer program made it.
    """
    try:
        if read_jws(text, TYP).kid not in keys:
            raise ForeignCopy("signed by a key that is not among this hub's")
        content = loads_object(payload_by_known_key(text, TYP, keys))
    except BadSignature as error:
        raise DamagedCopy(str(error)) from error
    except (MalformedJws, ValueError) as error:
        raise ForeignCopy("no manifest") from error
    version = content.get("v")
    if isinstance(version, int) and version > VERSION:
        raise NewerCopy(f"manifest {version}")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise ForeignCopy("no manifest") from error
