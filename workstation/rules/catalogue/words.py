"""Words of a policy in the three languages of the country's counters."""

from dataclasses import dataclass

from workstation.errors import PolicyRefused

__all__ = ["Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in Kazakh, Russian and English."""

    kk: str
    ru: str
    en: str

    def text(self, language: str) -> str:
        """Return the text in `language`; raises PolicyRefused for one that is not offered."""
        match language:
            case "kk":
                return self.kk
            case "ru":
                return self.ru
            case "en":
                return self.en
            case _:
                raise PolicyRefused(f"language {language}")
