"""The labels of the receipt's page in its three languages.

What binds the bank is the policy's (`[documents.receipt]`); codes are worded by `texts`.
"""

from dataclasses import dataclass
from typing import Final

from workstation.rules.reference import ReferenceSource

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
    requested: str
    rules: str
    iin: str
    result: str
    reason: str
    checks: str
    log_entry: str
    anchored: str
    not_anchored: str
    timestamp: str
    no_timestamp: str
    photo: str
    vouched_by: str
    sources: dict[ReferenceSource, str]
    compared_by: str
    local: str
    authority: str
    reviewed_by: str
    head: str


_KK: Final = ReceiptWords(
    title="Тексеру туралы түбіртек",
    simulated="ДЕМО: модельденген тексеру, заңдық күші жоқ",
    number="Нөмірі",
    session="Сеанс",
    time="Уақыты",
    station="Станция",
    operation="Операция",
    requested="Сұралғаны",
    rules="Қағидалар, мәтін нұсқасы",
    iin="ЖСН",
    result="Нәтиже",
    reason="Себебі",
    checks="Тексерулер",
    log_entry="Журналдағы жазба",
    anchored="Куәгер растаған",
    not_anchored="куәгерсіз",
    timestamp="Қолтаңбаның уақыт белгісі",
    no_timestamp="жоқ",
    photo="Эталондық фото",
    vouched_by="Фотоға кепіл",
    sources={
        ReferenceSource.AUTHORITY: "СДАО эталоны",
        ReferenceSource.CHIP: "Құжат чипіндегі фото, мемлекет қол қойған",
        ReferenceSource.REGISTRY: "Мемлекеттік тізілімдегі фото",
        ReferenceSource.EDOCUMENT: "Цифрлық құжаттағы фото",
        ReferenceSource.BANK: "Банк құжаттарындағы фото",
        ReferenceSource.DOCUMENT_CAMERA: "Осында түсірілген құжат, қолтаңбасыз",
        ReferenceSource.FILE: "Кассир берген файл",
    },
    compared_by="Кім салыстырды",
    local="Осы станция",
    authority="СДАО",
    reviewed_by="Көзбен салыстырған",
    head="Жазбаның хеші, дәлелі және журналдың қол қойылған басы: жазба өзгертілсе, көрінеді",
)

_RU: Final = ReceiptWords(
    title="Квитанция о проверке",
    simulated="ДЕМО: смоделированная проверка, юридической силы не имеет",
    number="Номер",
    session="Сеанс",
    time="Время",
    station="Станция",
    operation="Операция",
    requested="Запрошено",
    rules="Правила, редакция текста",
    iin="ИИН",
    result="Результат",
    reason="Причина",
    checks="Проверки",
    log_entry="Запись в журнале",
    anchored="Заверено свидетелем",
    not_anchored="без свидетеля",
    timestamp="Метка времени подписи",
    no_timestamp="нет",
    photo="Эталонное фото",
    vouched_by="Кто ручается за фото",
    sources={
        ReferenceSource.AUTHORITY: "Эталон ЦОИД",
        ReferenceSource.CHIP: "Фото из чипа документа, подписано государством",
        ReferenceSource.REGISTRY: "Фото из государственного реестра",
        ReferenceSource.EDOCUMENT: "Фото из цифрового документа",
        ReferenceSource.BANK: "Фото из досье банка",
        ReferenceSource.DOCUMENT_CAMERA: "Документ, снятый здесь, без подписи",
        ReferenceSource.FILE: "Файл, который дал кассир",
    },
    compared_by="Кто сравнивал",
    local="Эта станция",
    authority="ЦОИД",
    reviewed_by="Сравнил человек",
    head="Хеш записи, доказательство и подписанная вершина журнала: изменение записи видно",
)

_EN: Final = ReceiptWords(
    title="Verification receipt",
    simulated="DEMO: simulated verification, without legal force",
    number="Number",
    session="Session",
    time="Time",
    station="Station",
    operation="Operation",
    requested="Requested",
    rules="Rules, edition of the text",
    iin="IIN",
    result="Result",
    reason="Reason",
    checks="Checks",
    log_entry="Log entry",
    anchored="Cosigned by a witness",
    not_anchored="no witness",
    timestamp="Time-stamp of the signature",
    no_timestamp="none",
    photo="Reference photo",
    vouched_by="Who vouches for the photo",
    sources={
        ReferenceSource.AUTHORITY: "Reference of IDEC",
        ReferenceSource.CHIP: "Photo from the document's chip, signed by the state",
        ReferenceSource.REGISTRY: "Photo from the state's register",
        ReferenceSource.EDOCUMENT: "Photo from the digital document",
        ReferenceSource.BANK: "Photo on file at the bank",
        ReferenceSource.DOCUMENT_CAMERA: "Document photographed here, unauthenticated",
        ReferenceSource.FILE: "File that the teller gave",
    },
    compared_by="Who compared",
    local="This station",
    authority="IDEC",
    reviewed_by="Compared by a person",
    head="Hash of the entry, its proof, signed head of the log: a changed entry shows",
)

RECEIPT_WORDS: Final = {"kk": _KK, "ru": _RU, "en": _EN}
