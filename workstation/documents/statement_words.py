"""The fixed words of the statement in its three languages.

They live beside the code, not in the translation catalogues: a statement is a legal text of a
numbered version, and correcting a screen must not change what customers sign. Changing a word here
means a new version in `statement.VERSION`.
"""

from dataclasses import dataclass
from typing import Final

__all__ = ["STATEMENT_WORDS", "StatementWords"]


@dataclass(frozen=True, slots=True)
class StatementWords:
    """Labels and sentences of one language."""

    title: str
    bank: str
    station: str
    session: str
    iin: str
    operation: str
    issued: str
    expires: str
    local_time: str
    nonce: str
    operation_digest: str
    evidence_digest: str
    confirmation: str
    warning: str


_KK: Final = StatementWords(
    title="СЫНИ ОПЕРАЦИЯНЫ РАСТАУ ТУРАЛЫ ӨТІНІШ",
    bank="Банк",
    station="Тексеру станциясы",
    session="Тексеру сеансы",
    iin="Клиенттің ЖСН-і",
    operation="Операция",
    issued="Берілген уақыты",
    expires="Қол қою мерзімі",
    local_time="Қазақстан уақыты",
    nonce="Бір реттік код",
    operation_digest="Операция параметрлерінің SHA-256 мәні",
    evidence_digest="Биометриялық дәлелдердің SHA-256 мәні",
    confirmation=(
        "Мен осы операцияны өзім сұрадым, параметрлерін оқыдым және оларды өз ЭЦҚ-ммен растаймын."
    ),
    warning=(
        "НАЗАР АУДАРЫҢЫЗ. Ешқашан басқа адам үшін қол қоймаңыз және ЭЦҚ кілтін ешкімге бермеңіз. "
        "Егер біреу сізден осыған қол қоюды сұраса немесе телефонмен айтып тұрса, қол қоймаңыз."
    ),
)

_RU: Final = StatementWords(
    title="ЗАЯВЛЕНИЕ О ПОДТВЕРЖДЕНИИ КРИТИЧЕСКОЙ ОПЕРАЦИИ",
    bank="Банк",
    station="Станция проверки",
    session="Сеанс проверки",
    iin="ИИН клиента",
    operation="Операция",
    issued="Выдано",
    expires="Подписать до",
    local_time="время Казахстана",
    nonce="Одноразовый код",
    operation_digest="SHA-256 параметров операции",
    evidence_digest="SHA-256 биометрических доказательств",
    confirmation=(
        "Я сам(а) прошу об этой операции, прочитал(а) её параметры и подтверждаю их своей ЭЦП."
    ),
    warning=(
        "ВНИМАНИЕ. Никогда не подписывайте за другого человека и никому не передавайте ключ ЭЦП. "
        "Если кто-то просит вас это подписать или подсказывает по телефону — не подписывайте."
    ),
)

_EN: Final = StatementWords(
    title="STATEMENT CONFIRMING A CRITICAL OPERATION",
    bank="Bank",
    station="Verification station",
    session="Verification session",
    iin="ИИН of the customer",
    operation="Operation",
    issued="Issued",
    expires="Sign before",
    local_time="Kazakhstan time",
    nonce="One-time code",
    operation_digest="SHA-256 of the operation's parameters",
    evidence_digest="SHA-256 of the biometric evidence",
    confirmation=(
        "I ask for this operation myself, I have read its parameters and confirm them with my ЭЦП."
    ),
    warning=(
        "WARNING. Never sign for someone else and never hand over the key of your ЭЦП. "
        "If anyone asks you to sign this or prompts you by phone, do not sign."
    ),
)

STATEMENT_WORDS: Final = {"kk": _KK, "ru": _RU, "en": _EN}
