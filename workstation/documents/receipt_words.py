"""The fixed words of the receipt in its three languages; codes are worded by `texts`."""

from dataclasses import dataclass
from typing import Final

from workstation.rules.operation import OperationKind

__all__ = ["RECEIPT_WORDS", "ReceiptWords"]


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """Labels and sentences of one language."""

    title: str
    simulated: str
    number: str
    session: str
    time: str
    station: str
    operation: str
    kinds: dict[OperationKind, str]
    new_phone: str
    iin: str
    result: str
    reason: str
    checks: str
    log_entry: str
    head: str
    dispute: str


_KK: Final = ReceiptWords(
    title="Тексеру туралы түбіртек",
    simulated="ДЕМО: модельденген тексеру, заңдық күші жоқ",
    number="Нөмірі",
    session="Сеанс",
    time="Уақыты",
    station="Станция",
    operation="Операция",
    kinds={
        OperationKind.CHANGE_TRUSTED_PHONE: "Сенім білдірілген телефон нөмірін ауыстыру",
        OperationKind.APP_REGISTRATION: "Мобильді қосымшада тіркелу",
        OperationKind.LOAN_ISSUE: "Қарыз беру",
    },
    new_phone="Телефон нөмірі",
    iin="ЖСН",
    result="Нәтиже",
    reason="Себебі",
    checks="Тексерулер",
    log_entry="Журналдағы жазба",
    head="Қол қойылған журналдың басы: осы түбіртек жазбаның өзгертілмегенін дәлелдейді",
    dispute=(
        "Бұл операцияны сіз сұрамаған болсаңыз немесе келіспесеңіз: банкке дереу хабарласып, осы "
        "түбіртектің нөмірін айтыңыз. Банк жазбаны тексеріп, дәлелдерін көрсетуге міндетті."
    ),
)

_RU: Final = ReceiptWords(
    title="Квитанция о проверке",
    simulated="ДЕМО: смоделированная проверка, юридической силы не имеет",
    number="Номер",
    session="Сеанс",
    time="Время",
    station="Станция",
    operation="Операция",
    kinds={
        OperationKind.CHANGE_TRUSTED_PHONE: "Смена доверенного номера телефона",
        OperationKind.APP_REGISTRATION: "Регистрация в мобильном приложении",
        OperationKind.LOAN_ISSUE: "Выдача займа",
    },
    new_phone="Номер телефона",
    iin="ИИН",
    result="Результат",
    reason="Причина",
    checks="Проверки",
    log_entry="Запись в журнале",
    head="Подписанная вершина журнала: с ней видно, что запись не изменили",
    dispute=(
        "Если вы не просили об этой операции или не согласны: сразу обратитесь в банк и назовите "
        "номер этой квитанции. Банк обязан проверить запись и показать доказательства."
    ),
)

_EN: Final = ReceiptWords(
    title="Verification receipt",
    simulated="DEMO: simulated verification, without legal force",
    number="Number",
    session="Session",
    time="Time",
    station="Station",
    operation="Operation",
    kinds={
        OperationKind.CHANGE_TRUSTED_PHONE: "Change of the trusted phone number",
        OperationKind.APP_REGISTRATION: "Registration in the mobile application",
        OperationKind.LOAN_ISSUE: "Issue of a loan",
    },
    new_phone="Phone number",
    iin="IIN",
    result="Result",
    reason="Reason",
    checks="Checks",
    log_entry="Log entry",
    head="Signed head of the log: it shows whether the entry was changed later",
    dispute=(
        "If you did not ask for this operation or do not agree: contact the bank at once and give "
        "the number of this receipt. The bank has to examine the entry and show its evidence."
    ),
)

RECEIPT_WORDS: Final = {"kk": _KK, "ru": _RU, "en": _EN}
