"""The head that every file of the library has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Headed:
    """Identity, version and sources of one library file; `off_label` marks what no drug label covers."""

    id: str
    version: str
    title: str
    kind: str
    sources: tuple[str, ...]
    evidence_level: str = ""
    off_label: bool = False

    def __post_init__(self) -> None:
        for name in ("id", "version", "title", "kind"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: expected words, not nothing")
        if not self.sources:
            raise ValueError("sources: expected at least one source")
